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

}  // namespace

core::Result<RetryPolicy> retry_policy(const core::Env& env) {
  RetryPolicy policy;
  if (const auto text = env.get_non_empty("AWS_MAX_ATTEMPTS")) {
    const auto number = core::parse_int(core::trim(*text));
    if (!number || *number < 1 || *number > 100) {
      return core::fail(core::Code::invalid_argument,
                        "AWS_MAX_ATTEMPTS: expected a number from 1 to 100, not '" + *text + "'");
    }
    policy.max_attempts = static_cast<int>(*number);
  }
  if (const auto mode = env.get_non_empty("AWS_RETRY_MODE")) {
    const std::string lower = core::to_lower(core::trim(*mode));
    if (lower != "standard" && lower != "legacy" && lower != "adaptive") {
      return core::fail(core::Code::invalid_argument,
                        "AWS_RETRY_MODE: expected 'standard', not '" + *mode + "'");
    }
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
    if (tokens_ < cost || call.deadline.remaining(clock_) <= wait) return outcome;
    tokens_ -= cost;
    last_cost = cost;
    clock_.sleep_for(wait);
    attempt.backoff = wait;
  }
}

}  // namespace spawn::aws
