// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
//
// One INTERNAL span "attempt N" for each time a traced call goes out, below the call's own span:
// with its request id, its error, what was waited before it, and where its time went. Does nothing
// when no sampled span is current, so it never begins a trace.
#pragma once

#include "aws/caller.h"
#include "telemetry/tracer.h"

namespace spawn::aws {

class AttemptTracingCaller final : public Caller {
 public:
  AttemptTracingCaller(Caller& inner, telemetry::Tracer& tracer) : inner_(inner), tracer_(tracer) {}

  Outcome call(const Call& call) override;

 private:
  Caller& inner_;
  telemetry::Tracer& tracer_;
};

}  // namespace spawn::aws
