// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
#include "xray/remote_sampler.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <utility>

#include "core/text.h"

namespace spawn::xray {
namespace {

using namespace std::chrono_literals;
using aws::xray::SamplingRule;
using aws::xray::SamplingStatistics;

constexpr core::Nanos kRulesInterval = 300s;
constexpr core::Nanos kRulesRetry = 60s;  // who has none wants them sooner
constexpr core::Nanos kReportInterval = 10s;
constexpr core::Nanos kStaleAfter = 1h;
constexpr std::size_t kMaxStatistics = 25;  // a call

SamplingRule fallback_rule() {
  SamplingRule rule;
  rule.name = "fallback";
  rule.fixed_rate = 0.05;
  rule.reservoir_size = 1;
  return rule;
}

}  // namespace

RemoteSampler::RemoteSampler(Service service, core::Clock& clock, core::Rng& rng)
    : service_(std::move(service)),
      clock_(clock),
      rng_(rng),
      client_id_(fmt::format("{:016x}{:08x}", rng.next(), rng.next() >> 32)),
      fallback_(fallback_rule()) {}

// Up to a tenth later, so that a fleet that started together does not ask together.
std::int64_t RemoteSampler::jittered(core::Nanos interval) {
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
  const std::int64_t now = clock_.steady_ns();
  const std::lock_guard lock(mutex_);
  ActiveRule* rule = rules_are_stale(now) ? nullptr : rules_.find(request);
  return (rule == nullptr ? fallback_ : *rule).keeps(now, randomness);
}

std::string RemoteSampler::state() const {
  const std::int64_t now = clock_.steady_ns();
  const std::lock_guard lock(mutex_);
  std::string text;
  if (rules_are_stale(now)) {
    text = "no rules of X-Ray: one trace a second and 5 % of the others are kept";
  } else {
    text = fmt::format("by {} rules of X-Ray, {} s old", rules_.size(),
                       (now - rules_steady_ns_) / 1'000'000'000);
  }
  return trouble_.empty() ? text : text + " (" + trouble_ + ")";
}

void RemoteSampler::cannot_ask(const std::string& why) {
  const std::lock_guard lock(mutex_);
  trouble_ = core::visible(why);
}

core::Status RemoteSampler::fetch_rules(aws::Caller& caller, const aws::Endpoint& endpoint,
                                        core::Deadline deadline) {
  auto rules = aws::xray::get_all_sampling_rules(caller, endpoint, deadline);
  if (!rules) return core::fail(std::move(rules.error()));
  const core::Instant now = clock_.now();
  const std::lock_guard lock(mutex_);
  rules_.set(std::move(*rules));
  rules_steady_ns_ = now.steady_ns;
  rules_wall_ns_ = now.wall_ns;
  return core::ok();
}

std::vector<SamplingStatistics> RemoteSampler::take_statistics(Which which) {
  const core::Instant now = clock_.now();
  std::vector<SamplingStatistics> taken;
  const std::lock_guard lock(mutex_);
  for (ActiveRule& rule : rules_.all()) {
    if (which == Which::all ? rule.has_counted() : rule.report_is_due(now.steady_ns)) {
      taken.push_back(rule.take_statistics(client_id_, now));
    }
  }
  return taken;
}

bool RemoteSampler::has_counted() {
  const std::lock_guard lock(mutex_);
  return std::ranges::any_of(rules_.all(), &ActiveRule::has_counted);
}

// With the lock.
void RemoteSampler::put_back(const SamplingStatistics& unsent) {
  if (ActiveRule* rule = rules_.find(unsent.rule_name)) rule->put_back(unsent);
}

std::optional<core::Status> RemoteSampler::report(Which which, aws::Caller& caller,
                                                  const aws::Endpoint& endpoint,
                                                  core::Deadline deadline) {
  const std::vector<SamplingStatistics> taken = take_statistics(which);
  if (taken.empty()) return std::nullopt;
  for (std::span<const SamplingStatistics> rest = taken; !rest.empty();) {
    const auto some = rest.first(std::min(rest.size(), kMaxStatistics));
    const auto reply = aws::xray::get_sampling_targets(caller, endpoint, some, deadline);
    const std::lock_guard lock(mutex_);
    if (!reply) {
      for (const SamplingStatistics& unsent : rest) put_back(unsent);
      return core::fail(reply.error());
    }
    heed(*reply, some);
    rest = rest.subspan(some.size());
  }
  return core::ok();
}

void RemoteSampler::report_rest(aws::Caller& caller, const aws::Endpoint& endpoint,
                                core::Deadline deadline) {
  (void)report(Which::all, caller, endpoint, deadline);
}

// With the lock.
void RemoteSampler::heed(const aws::xray::SamplingTargets& targets,
                         std::span<const SamplingStatistics> reported) {
  const core::Instant now = clock_.now();
  for (const auto& target : targets.targets) {
    if (ActiveRule* rule = rules_.find(target.rule_name)) rule->apply(target, now);
  }
  for (const auto& refused : targets.unprocessed) {
    // What we said of a rule that is no more; the rules are old.
    if (refused.code.starts_with('4')) next_rules_ns_ = INT64_MIN;
    const auto at = std::ranges::find(reported, refused.rule_name, &SamplingStatistics::rule_name);
    if (at != reported.end() && refused.code.starts_with('5')) put_back(*at);
  }
  const std::int64_t known = last_modification_ns_.value_or(rules_wall_ns_);
  if (targets.last_rule_modification_ns.value_or(0) <= known) return;
  last_modification_ns_ = targets.last_rule_modification_ns;
  next_rules_ns_ = INT64_MIN;
}

RemoteSampler::Polled RemoteSampler::poll(aws::Caller& caller, const aws::Endpoint& endpoint,
                                          core::Deadline deadline) {
  std::optional<core::Status> asked;
  if (clock_.steady_ns() >= next_report_ns_) {
    asked = report(Which::due, caller, endpoint, deadline);
    next_report_ns_ = jittered(kReportInterval);
  }
  if (clock_.steady_ns() >= next_rules_ns_) {
    core::Status fetched = fetch_rules(caller, endpoint, deadline);
    next_rules_ns_ = jittered(fetched ? kRulesInterval : kRulesRetry);
    if (!asked || *asked) asked = std::move(fetched);
  }
  if (asked) cannot_ask(*asked ? "" : asked->error().message);
  const std::int64_t next = std::min(next_rules_ns_, next_report_ns_);
  return {core::Nanos(std::max<std::int64_t>(0, next - clock_.steady_ns())), std::move(asked)};
}

}  // namespace spawn::xray
