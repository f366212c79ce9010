// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
#include "aws/retrying_caller.h"

#include <fmt/format.h>

#include <algorithm>
#include <string>

#include "core/text.h"

namespace spawn::aws {
namespace {

constexpr int kRetryCost = 5;
constexpr int kTimeoutCost = 10;

// One id for all attempts of a call, as the SDKs send it.
std::string invocation_id(core::Rng& rng) {
  const std::uint64_t high = rng.next();
  const std::uint64_t low = rng.next();
  return fmt::format("{:08x}-{:04x}-{:04x}-{:04x}-{:012x}", high >> 32, high >> 16 & 0xFFFF,
                     0x4000 | (high & 0x0FFF), 0x8000 | (low >> 48 & 0x3FFF),
                     low & 0xFFFF'FFFF'FFFFU);
}

// A call that may have arrived must not be made twice; a throttled one was refused.
bool may_send_again(const Call& call, const Failure& failure) {
  return failure.retryable && (call.idempotent || failure.throttled);
}

// What environment or profile say, and which of them.
struct Said {
  std::string where;
  std::string value;
};
Said said(const core::Env& env, const char* variable, const Profile& profile,
          std::string_view setting) {
  if (const auto text = env.get_non_empty(variable)) {
    return {variable, std::string(core::trim(*text))};
  }
  return {fmt::format("{} of profile '{}'", setting, profile.name),
          std::string(core::trim(profile.get(setting)))};
}

}  // namespace

core::Result<RetryPolicy> retry_policy(const core::Env& env, const Profile& profile) {
  RetryPolicy policy;
  if (const Said attempts = said(env, "AWS_MAX_ATTEMPTS", profile, "max_attempts");
      !attempts.value.empty()) {
    const auto number = core::parse_int(attempts.value);
    if (!number || *number < 1 || *number > 100) {
      return core::fail(core::Code::invalid_argument,
                        fmt::format("{}: expected a number from 1 to 100, not '{}'", attempts.where,
                                    attempts.value));
    }
    policy.max_attempts = static_cast<int>(*number);
  }
  const Said mode = said(env, "AWS_RETRY_MODE", profile, "retry_mode");
  const std::string lower = core::to_lower(mode.value);
  if (lower == "off") {
    policy.max_attempts = 1;
  } else if (lower == "legacy" || lower == "adaptive") {
    policy.note = fmt::format("{}: '{}' is taken as 'standard'", mode.where, lower);
  } else if (!lower.empty() && lower != "standard") {
    return core::fail(
        core::Code::invalid_argument,
        fmt::format("{}: expected 'standard' or 'off', not '{}'", mode.where, mode.value));
  }
  return policy;
}

Outcome RetryingCaller::call(const Call& call) {
  Call attempt = call;
  http::set_header(attempt.headers, "amz-sdk-invocation-id", invocation_id(rng_));
  int last_cost = 0;
  for (attempt.attempt = 1;; ++attempt.attempt) {
    http::set_header(attempt.headers, "amz-sdk-request",
                     fmt::format("attempt={}; max={}", attempt.attempt, policy_.max_attempts));
    Outcome outcome = inner_.call(attempt);
    if (outcome) {
      tokens_ = std::min(kBucketSize, tokens_ + std::max(1, last_cost));
      outcome->attempts = attempt.attempt;
      return outcome;
    }
    Failure& failure = outcome.error();
    failure.attempts = attempt.attempt;
    if (attempt.attempt >= policy_.max_attempts || !may_send_again(call, failure)) return outcome;

    const int cost = failure.error.code == core::Code::timeout ? kTimeoutCost : kRetryCost;
    const core::Nanos wait = policy_.backoff.before_retry(attempt.attempt, rng_);
    const bool in_time = wait + core::kLeastForAnAttempt < call.deadline.remaining(clock_);
    if (tokens_ < cost || !in_time) return outcome;
    tokens_ -= cost;
    last_cost = cost;
    clock_.sleep_for(wait);
    attempt.backoff = wait;
  }
}

}  // namespace spawn::aws
