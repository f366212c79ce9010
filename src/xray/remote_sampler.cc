// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
#include "xray/remote_sampler.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>
#include <vector>

namespace spawn::xray {
namespace {

using namespace std::chrono_literals;
using aws::xray::SamplingRule;
using aws::xray::SamplingStatistics;

constexpr core::Nanos kRulesInterval = 300s;
constexpr core::Nanos kReportInterval = 10s;
constexpr core::Nanos kStaleAfter = 1h;
constexpr std::size_t kMaxStatistics = 25;  // a call
constexpr std::size_t kMaxRules = 1000;     // an account has 25; against a reply without end

SamplingRule fallback_rule() {
  SamplingRule rule;
  rule.name = "fallback";
  rule.fixed_rate = 0.05;
  rule.reservoir_size = 1;
  return rule;
}

}  // namespace

RemoteSampler::RemoteSampler(aws::Caller& caller, aws::Endpoint endpoint, Service service,
                             core::Clock& clock, core::Rng& rng)
    : caller_(caller),
      endpoint_(std::move(endpoint)),
      service_(std::move(service)),
      clock_(clock),
      rng_(rng),
      client_id_(fmt::format("{:016x}{:08x}", rng.next(), rng.next() >> 32)),
      fallback_(fallback_rule()) {}

std::int64_t RemoteSampler::jittered(core::Nanos interval) {
  // Up to a tenth later, so that a fleet that started together does not ask
  // together.
  return clock_.steady_ns() + interval.count() +
         static_cast<std::int64_t>(rng_.next_double() * 0.1 *
                                   static_cast<double>(interval.count()));
}

bool RemoteSampler::rules_are_stale(std::int64_t steady_ns) const {
  return rules_.empty() || rules_steady_ns_ < steady_ns - kStaleAfter.count();
}

bool RemoteSampler::keeps(std::string_view, trace::SpanKind, std::uint64_t randomness) {
  return keeps(SamplingRequest{}, randomness);
}

bool RemoteSampler::keeps(SamplingRequest request, std::uint64_t randomness) {
  request.service_name = service_.name;
  request.service_type = service_.type;
  const core::Instant now = clock_.now();
  const std::lock_guard lock(mutex_);
  ActiveRule* rule = rules_are_stale(now.steady_ns) ? nullptr : rules_.find(request);
  return (rule == nullptr ? fallback_ : *rule).keeps(now.wall_ns, randomness);
}

core::Status RemoteSampler::fetch_rules(core::Deadline deadline) {
  std::vector<SamplingRule> rules;
  std::string token;
  for (;;) {
    auto page = aws::xray::get_sampling_rules(caller_, endpoint_, token, deadline);
    if (!page) return core::fail(std::move(page.error()).while_("sampling rules"));
    std::ranges::move(page->rules, std::back_inserter(rules));
    if (page->next_token.empty() || page->next_token == token || rules.size() > kMaxRules) break;
    token = std::move(page->next_token);
  }
  const core::Instant now = clock_.now();
  const std::lock_guard lock(mutex_);
  rules_.set(std::move(rules));
  rules_steady_ns_ = now.steady_ns;
  rules_wall_ns_ = now.wall_ns;
  return core::ok();
}

core::Status RemoteSampler::report(core::Deadline deadline) {
  std::vector<SamplingStatistics> due;
  const std::int64_t now = clock_.now().wall_ns;
  {
    const std::lock_guard lock(mutex_);
    for (ActiveRule& rule : rules_.all()) {
      if (rule.report_is_due(now)) due.push_back(rule.take_statistics(client_id_, now));
    }
  }
  for (std::span<const SamplingStatistics> rest = due; !rest.empty();) {
    const auto some = rest.first(std::min(rest.size(), kMaxStatistics));
    const auto reply = aws::xray::get_sampling_targets(caller_, endpoint_, some, deadline);
    const std::lock_guard lock(mutex_);
    const auto put_back = [&](const SamplingStatistics& unsent) {
      if (ActiveRule* rule = rules_.find(unsent.rule_name)) rule->put_back(unsent);
    };
    if (!reply) {
      std::ranges::for_each(rest, put_back);
      return core::fail(core::Error(reply.error()).while_("sampling targets"));
    }
    for (const auto& target : reply->targets) {
      if (ActiveRule* rule = rules_.find(target.rule_name)) rule->apply(target, now);
    }
    for (const auto& refused : reply->unprocessed) {
      // What we said of a rule that is no more; the rules are old.
      if (refused.code.starts_with('4')) next_rules_ns_ = INT64_MIN;
      const auto at = std::ranges::find(some, refused.rule_name, &SamplingStatistics::rule_name);
      if (at != some.end() && refused.code.starts_with('5')) put_back(*at);
    }
    if (reply->last_rule_modification_ns.value_or(0) > rules_wall_ns_) next_rules_ns_ = INT64_MIN;
    rest = rest.subspan(some.size());
  }
  return core::ok();
}

RemoteSampler::Polled RemoteSampler::poll(core::Deadline deadline) {
  core::Status status = core::ok();
  if (clock_.steady_ns() >= next_report_ns_) {
    status = report(deadline);
    next_report_ns_ = jittered(kReportInterval);
  }
  if (clock_.steady_ns() >= next_rules_ns_) {
    const core::Status fetched = fetch_rules(deadline);
    if (!fetched) status = fetched;
    // Rules are wanted soon by who has none.
    const std::lock_guard lock(mutex_);
    next_rules_ns_ = jittered(rules_.empty() ? kReportInterval : kRulesInterval);
  }
  const std::int64_t next = std::min(next_rules_ns_, next_report_ns_);
  return {core::Nanos(std::max<std::int64_t>(0, next - clock_.steady_ns())), std::move(status)};
}

}  // namespace spawn::xray
