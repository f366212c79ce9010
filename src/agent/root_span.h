// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
//
// The span of a whole run. It must begin before the fork, since the child gets its context, while
// the engine begins after it; so it keeps its own record until the engine takes it, as the last
// one: a burst of AWS calls at the end cannot push it out of the ring. Holds nothing of the command
// but its file name: arguments and environment may be secret.
#pragma once

#include <sys/types.h>

#include <optional>
#include <string>
#include <string_view>

#include "agent/child_process.h"
#include "agent/environment.h"
#include "core/clock.h"
#include "core/rng.h"
#include "telemetry/queue.h"
#include "telemetry/tracer.h"
#include "trace/resource.h"
#include "trace/sampling.h"

namespace spawn::agent {

class RootSpan {
 public:
  RootSpan(const Inherited& inherited, trace::Sampling sampling, std::string_view name,
           std::string_view executable, core::Clock& clock, core::Rng& rng);

  [[nodiscard]] bool sampled() const { return span_.recording(); }
  [[nodiscard]] const telemetry::ActiveContext& context() { return span_.context(); }

  // Ends now. `hand_over` comes after it, once.
  void end(pid_t pid, const ExitStatus& status);
  void hand_over(telemetry::Tracer& to);
  // It is shown while it runs long. Before end().
  void watch(telemetry::Tracer& by);

 private:
  class Held final : public telemetry::Queue {
   public:
    void push(trace::SpanRecord& record) noexcept override { record_ = std::move(record); }
    trace::SpanRecord take() { return std::move(record_); }

   private:
    trace::SpanRecord record_;
  };
  telemetry::Span start(std::string_view name);

  Inherited inherited_;
  trace::Resource no_resource_;  // the engine sets the real one
  Held held_;
  telemetry::Tracer tracer_;
  telemetry::Span span_;
  int open_ = -1;  // of the tracer that watches
};

// How a process ended, on its span: exit code, error, and its type.
void set_outcome(telemetry::Span& span, const ExitStatus& status);

// "/usr/bin/aws" → "aws".
std::string file_name(const std::string& command);

}  // namespace spawn::agent
