// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
//
// The outermost layer of our own calls: one CLIENT span "Service.Operation" for a call with all its
// attempts, and the X-Amzn-Trace-Id header, put in before anything is signed. An unsampled context
// is passed on as well, with Sampled=0. With no context at all and a root decision of "no" the call
// passes straight through, for no more than the price of one random number. A poll without a parent
// makes a span only when it brought something, or failed.
#pragma once

#include "aws/caller.h"
#include "telemetry/tracer.h"

namespace spawn::aws {

class TracingCaller final : public Caller {
 public:
  TracingCaller(Caller& inner, telemetry::Tracer& tracer) : inner_(inner), tracer_(tracer) {}

  Outcome call(const Call& call) override;

 private:
  Outcome poll(const Call& call);

  Caller& inner_;
  telemetry::Tracer& tracer_;
};

}  // namespace spawn::aws
