// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
//
// The sampling rules that an account keeps in X-Ray, and the quotas that it gives to who reports
// what it did with them. What to do with both is src/xray's business.
// https://docs.aws.amazon.com/xray/latest/devguide/xray-api-sampling.html
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "aws/services/xray.h"

namespace spawn::aws::xray {

// Texts are patterns with * and ?.
struct SamplingRule {
  std::string name;
  std::int64_t priority = 10000;  // the lowest number is looked at first
  double fixed_rate = 0;
  std::int64_t reservoir_size = 0;  // a second
  std::string service_name;
  std::string service_type;
  std::string host;
  std::string http_method;
  std::string url_path;
  std::string resource_arn;
  std::map<std::string, std::string> attributes;
  std::int64_t version = 1;
};
struct SamplingRulePage {
  std::vector<SamplingRule> rules;
  std::string next_token;
};
core::Result<SamplingRulePage> get_sampling_rules(Caller& caller, const Endpoint& endpoint,
                                                  std::string_view next_token,
                                                  core::Deadline deadline);
// Page after page, of a reply without end a thousand rules; an account has 25.
core::Result<std::vector<SamplingRule>> get_all_sampling_rules(Caller& caller,
                                                               const Endpoint& endpoint,
                                                               core::Deadline deadline);

// Since the report before.
struct SamplingStatistics {
  std::string rule_name;
  std::string client_id;  // 24 hex digits, the same as long as the process lives
  std::int64_t time_ns = 0;
  std::int64_t requests = 0;
  std::int64_t sampled = 0;
  std::int64_t borrowed = 0;
};
struct SamplingTarget {
  std::string rule_name;
  double fixed_rate = 0;
  std::optional<std::int64_t> reservoir_quota;  // a second, until…
  std::optional<std::int64_t> quota_ends_ns;
  std::optional<std::int64_t> interval_seconds;  // until the next report
};
struct UnprocessedStatistics {
  std::string rule_name;
  std::string code;
  std::string message;
};
struct SamplingTargets {
  std::vector<SamplingTarget> targets;
  std::vector<UnprocessedStatistics> unprocessed;
  std::optional<std::int64_t> last_rule_modification_ns;
};
// Twenty-five at most.
core::Result<SamplingTargets> get_sampling_targets(Caller& caller, const Endpoint& endpoint,
                                                   std::span<const SamplingStatistics> statistics,
                                                   core::Deadline deadline);

}  // namespace spawn::aws::xray
