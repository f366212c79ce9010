// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
//
// X-Ray's sampling rules as values: which rule a request belongs to, and whether that rule keeps
// it. Pure; remote_sampler.h fetches them and reports. Rules:
// https://docs.aws.amazon.com/xray/latest/devguide/xray-api-sampling.html
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "aws/services/xray_sampling.h"
#include "core/clock.h"
#include "trace/rate.h"

namespace spawn::xray {

// What is known of a request when its trace begins. "" for what is not: only the pattern * has it.
struct SamplingRequest {
  std::string_view service_name;
  std::string_view service_type;  // "AWS::EC2::Instance"
  std::string_view host;
  std::string_view http_method;
  std::string_view url_path;
  std::string_view resource_arn;
  std::span<const std::pair<std::string_view, std::string_view>> attributes;
};

// * is any text, ? one character; case does not matter.
bool matches_pattern(std::string_view pattern, std::string_view text);
bool matches(const aws::xray::SamplingRule& rule, const SamplingRequest& request);

// A rule with what it did since its last report. Its seconds are the steady clock's, so that nobody
// who sets the time makes it keep more, or report later. Not thread-safe.
class ActiveRule {
 public:
  explicit ActiveRule(aws::xray::SamplingRule rule);

  [[nodiscard]] const aws::xray::SamplingRule& rule() const { return rule_; }

  // While there is a quota of the reservoir: that many a second, then the rate. Without one: one a
  // second is borrowed, if the rule has a reservoir at all, then the rate.
  bool keeps(std::int64_t steady_ns, std::uint64_t randomness);

  // A newer version of the same rule; what was counted and given stays.
  void update(aws::xray::SamplingRule rule);
  void apply(const aws::xray::SamplingTarget& target, const core::Instant& now);

  [[nodiscard]] bool has_counted() const { return requests_ > 0; }
  [[nodiscard]] bool report_is_due(std::int64_t steady_ns) const {
    return has_counted() && steady_ns >= next_report_ns_;
  }
  // What was counted, and begins to count anew.
  aws::xray::SamplingStatistics take_statistics(std::string_view client_id,
                                                const core::Instant& now);
  // The report did not get there: it will be part of the next one.
  void put_back(const aws::xray::SamplingStatistics& unsent);

 private:
  bool take_from_reservoir(std::int64_t steady_ns);

  aws::xray::SamplingRule rule_;
  trace::Rate rate_ = trace::Rate::never();
  std::optional<std::int64_t> quota_;
  std::int64_t quota_ends_ns_ = 0;
  std::int64_t second_ = INT64_MIN;  // the one that `taken_` counts
  std::int64_t taken_ = 0;
  std::int64_t interval_ns_ = 10'000'000'000;
  std::int64_t next_report_ns_ = 0;
  std::int64_t requests_ = 0;
  std::int64_t sampled_ = 0;
  std::int64_t borrowed_ = 0;
};

// The rules in the order in which they are looked at: priority, then name. Not thread-safe.
class SamplingRules {
 public:
  // A rule that was there before goes on with its counts and quota.
  void set(std::vector<aws::xray::SamplingRule> rules);
  // The first that matches; null: none.
  ActiveRule* find(const SamplingRequest& request);
  ActiveRule* find(std::string_view rule_name);

  [[nodiscard]] bool empty() const { return rules_.empty(); }
  [[nodiscard]] std::size_t size() const { return rules_.size(); }
  std::vector<ActiveRule>& all() { return rules_; }

 private:
  std::vector<ActiveRule> rules_;
};

}  // namespace spawn::xray
