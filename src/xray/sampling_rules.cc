// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
#include "xray/sampling_rules.h"

#include <algorithm>
#include <tuple>
#include <utility>

#include "core/text.h"

namespace spawn::xray {
namespace {

using aws::xray::SamplingRule;
using aws::xray::SamplingStatistics;
using aws::xray::SamplingTarget;

constexpr std::int64_t kSecond = 1'000'000'000;
constexpr std::int64_t kLongestInterval = 3600;  // seconds

// What X-Ray sends that is no rate keeps nothing.
trace::Rate rate_of(double value) {
  return trace::Rate::from(value).value_or(trace::Rate::never());
}

}  // namespace

// One pass with one place to go back to, so that no pattern takes more than |pattern| · |text|.
bool matches_pattern(std::string_view pattern, std::string_view text) {
  std::size_t p = 0;
  std::size_t t = 0;
  std::size_t star = std::string_view::npos;
  std::size_t star_text = 0;
  while (t < text.size()) {
    if (p < pattern.size() && pattern[p] == '*') {
      star = p++;
      star_text = t;
    } else if (p < pattern.size() &&
               (pattern[p] == '?' || core::iequals(pattern.substr(p, 1), text.substr(t, 1)))) {
      ++p;
      ++t;
    } else if (star != std::string_view::npos) {
      p = star + 1;
      t = ++star_text;
    } else {
      return false;
    }
  }
  return pattern.find_first_not_of('*', p) == std::string_view::npos;
}

bool matches(const SamplingRule& rule, const SamplingRequest& request) {
  // Nobody writes a rule without a pattern; if X-Ray leaves one out it asks for nothing.
  const auto fits = [](std::string_view pattern, std::string_view text) {
    return pattern.empty() || matches_pattern(pattern, text);
  };
  return fits(rule.service_name, request.service_name) &&
         fits(rule.service_type, request.service_type) && fits(rule.host, request.host) &&
         fits(rule.http_method, request.http_method) && fits(rule.url_path, request.url_path) &&
         fits(rule.resource_arn, request.resource_arn) &&
         std::ranges::all_of(rule.attributes, [&](const auto& wanted) {
           return std::ranges::any_of(request.attributes, [&](const auto& attribute) {
             return attribute.first == wanted.first &&
                    matches_pattern(wanted.second, attribute.second);
           });
         });
}

ActiveRule::ActiveRule(SamplingRule rule)
    : rule_(std::move(rule)), rate_(rate_of(rule_.fixed_rate)) {}

bool ActiveRule::take_from_reservoir(std::int64_t steady_ns) {
  if (const std::int64_t second = steady_ns / kSecond; second != second_) {
    second_ = second;
    taken_ = 0;
  }
  const bool has_quota = quota_ && steady_ns < quota_ends_ns_;
  const std::int64_t borrowable = rule_.reservoir_size > 0 ? 1 : 0;
  if (taken_ >= (has_quota ? *quota_ : borrowable)) return false;
  ++taken_;
  if (!has_quota) ++borrowed_;
  return true;
}

bool ActiveRule::keeps(std::int64_t steady_ns, std::uint64_t randomness) {
  ++requests_;
  const bool kept = take_from_reservoir(steady_ns) || rate_.keeps(randomness);
  if (kept) ++sampled_;
  return kept;
}

void ActiveRule::update(SamplingRule rule) {
  if (rule.fixed_rate != rule_.fixed_rate) rate_ = rate_of(rule.fixed_rate);
  rule_ = std::move(rule);
}

void ActiveRule::apply(const SamplingTarget& target, const core::Instant& now) {
  rate_ = rate_of(target.fixed_rate);
  quota_ = target.reservoir_quota;
  // X-Ray says it in its own time, which is ours but for seconds.
  const std::int64_t left = std::clamp<std::int64_t>(target.quota_ends_ns.value_or(0) - now.wall_ns,
                                                     0, kLongestInterval * kSecond);
  quota_ends_ns_ = now.steady_ns + left;
  if (target.interval_seconds) {
    interval_ns_ =
        std::clamp<std::int64_t>(*target.interval_seconds, 1, kLongestInterval) * kSecond;
  }
  next_report_ns_ = now.steady_ns + interval_ns_;
}

SamplingStatistics ActiveRule::take_statistics(std::string_view client_id,
                                               const core::Instant& now) {
  next_report_ns_ = now.steady_ns + interval_ns_;
  return {rule_.name,
          std::string(client_id),
          now.wall_ns,
          std::exchange(requests_, 0),
          std::exchange(sampled_, 0),
          std::exchange(borrowed_, 0)};
}

void ActiveRule::put_back(const SamplingStatistics& unsent) {
  requests_ += unsent.requests;
  sampled_ += unsent.sampled;
  borrowed_ += unsent.borrowed;
}

void SamplingRules::set(std::vector<SamplingRule> rules) {
  std::vector<ActiveRule> next;
  for (SamplingRule& rule : rules) {
    if (rule.name.empty()) continue;
    if (ActiveRule* known = find(rule.name)) {
      known->update(std::move(rule));
      next.push_back(*known);
    } else {
      next.emplace_back(std::move(rule));
    }
  }
  std::ranges::sort(next, {}, [](const ActiveRule& active) {
    return std::tie(active.rule().priority, active.rule().name);
  });
  rules_ = std::move(next);
}

ActiveRule* SamplingRules::find(const SamplingRequest& request) {
  const auto at = std::ranges::find_if(
      rules_, [&](const ActiveRule& active) { return matches(active.rule(), request); });
  return at == rules_.end() ? nullptr : &*at;
}

ActiveRule* SamplingRules::find(std::string_view rule_name) {
  const auto at = std::ranges::find(rules_, rule_name,
                                    [](const ActiveRule& active) { return active.rule().name; });
  return at == rules_.end() ? nullptr : &*at;
}

}  // namespace spawn::xray
