// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
//
// Sends a call again when that may help: AWS SDKs' "standard" retry mode. Three attempts,
// full-jitter back-off of at most 20 s, and a bucket of 500 tokens over all calls (a retry costs 5,
// after a time-out 10, success gives back), so that a service that is down is not hammered. Sleeps
// through the Clock and never beyond the call's deadline: when the back-off would pass it, the
// failure is returned at once.
// https://docs.aws.amazon.com/sdkref/latest/guide/feature-retry-behavior.html
#pragma once

#include <string>
#include <utility>

#include "aws/caller.h"
#include "aws/profile.h"
#include "core/backoff.h"
#include "core/clock.h"
#include "core/env.h"
#include "core/result.h"
#include "core/rng.h"

namespace spawn::aws {

struct RetryPolicy {
  int max_attempts = 3;
  core::Backoff backoff;
  std::string note;  // one line for people, "" when all is as they said
};

// AWS_MAX_ATTEMPTS and AWS_RETRY_MODE, or the profile's max_attempts and retry_mode. "standard" is
// the one mode; "off" sends everything once; the SDKs' other two, "legacy" and "adaptive", are
// taken as "standard", and `note` says so. Code::invalid_argument for what is none of them.
core::Result<RetryPolicy> retry_policy(const core::Env& env, const Profile& profile = Profile());

class RetryingCaller final : public Caller {
 public:
  RetryingCaller(Caller& inner, RetryPolicy policy, core::Clock& clock, core::Rng& rng)
      : inner_(inner), policy_(std::move(policy)), clock_(clock), rng_(rng) {}

  Outcome call(const Call& call) override;

 private:
  static constexpr int kBucketSize = 500;

  Caller& inner_;
  RetryPolicy policy_;
  core::Clock& clock_;
  core::Rng& rng_;
  int tokens_ = kBucketSize;
};

}  // namespace spawn::aws
