// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
#include "aws/stack.h"

#include "aws/attempt_tracing_caller.h"
#include "aws/http_caller.h"
#include "aws/redirecting_caller.h"
#include "aws/signing_caller.h"
#include "aws/tracing_caller.h"

namespace spawn::aws {
namespace {

class PlainStack final : public Caller {
 public:
  explicit PlainStack(const StackParts& parts)
      : http_(parts.client, parts.clock, parts.user_agent),
        signing_(http_, parts.credentials, parts.clock),
        redirecting_(signing_),
        retrying_(redirecting_, parts.retry, parts.clock, parts.rng) {}

  Outcome call(const Call& call) override { return retrying_.call(call); }

 private:
  HttpCaller http_;
  SigningCaller signing_;
  RedirectingCaller redirecting_;
  RetryingCaller retrying_;
};

class UnsignedStack final : public Caller {
 public:
  UnsignedStack(http::Client& client, core::Clock& clock, core::Rng& rng)
      : http_(client, clock), retrying_(http_, RetryPolicy{}, clock, rng) {}

  Outcome call(const Call& call) override { return retrying_.call(call); }

 private:
  HttpCaller http_;
  RetryingCaller retrying_;
};

class TracedStack final : public Caller {
 public:
  TracedStack(const StackParts& parts, telemetry::Tracer& tracer)
      : http_(parts.client, parts.clock, parts.user_agent),
        signing_(http_, parts.credentials, parts.clock),
        attempts_(signing_, tracer),
        redirecting_(attempts_),
        retrying_(redirecting_, parts.retry, parts.clock, parts.rng),
        tracing_(retrying_, tracer) {}

  Outcome call(const Call& call) override { return tracing_.call(call); }

 private:
  HttpCaller http_;
  SigningCaller signing_;
  AttemptTracingCaller attempts_;
  RedirectingCaller redirecting_;
  RetryingCaller retrying_;
  TracingCaller tracing_;
};

}  // namespace

std::unique_ptr<Caller> make_plain_stack(const StackParts& parts) {
  return std::make_unique<PlainStack>(parts);
}

std::unique_ptr<Caller> make_unsigned_stack(http::Client& client, core::Clock& clock,
                                            core::Rng& rng) {
  return std::make_unique<UnsignedStack>(client, clock, rng);
}

std::unique_ptr<Caller> make_traced_stack(const StackParts& parts, telemetry::Tracer& tracer) {
  return std::make_unique<TracedStack>(parts, tracer);
}

}  // namespace spawn::aws
