// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
//
// The context of the agent's own spans: the launch's trace, or one of its own. The launch decided
// whether it is sampled. Whoever switches tracing on or off, or re-rates it, on the running agent
// decides anew, by the same trace id, so agents that are given the same rate agree. X-Ray's rules
// are asked only about a trace that begins here: agents that asked one by one would not agree.
#pragma once

#include <optional>
#include <string>

#include "telemetry/current.h"
#include "telemetry/tracer.h"
#include "trace/context.h"
#include "trace/sampling.h"

namespace spawn::agent {

// An array up to this size is one trace; X-Ray keeps no more of a trace than 500 KB.
inline constexpr std::int64_t kMostMembersOfOneTrace = 50;

class AgentContext {
 public:
  // `launch` is absent when nothing told of one; `size` is the job array's. `fresh` are ids for a
  // trace that begins here.
  AgentContext(std::optional<trace::TraceContext> launch, std::int64_t size,
               const trace::SpanContext& fresh, const trace::Sampling& sampling);

  // Tracing is on or off from now on. `anew`: somebody decided anew.
  void set_tracing(bool on, std::optional<trace::Sampling> anew = {});

  // What the next span is a child of. Refers to this object.
  [[nodiscard]] telemetry::ActiveContext active() const;
  // The same, unsampled: for what timers do, which is never traced.
  [[nodiscard]] telemetry::ActiveContext quiet() const;
  // Of another trace, when the array is too large for one: to link to.
  [[nodiscard]] const std::optional<trace::SpanContext>& launch_to_link() const { return link_; }

  [[nodiscard]] telemetry::Span start(telemetry::Tracer& tracer, std::string_view name) const;
  // A span that was recorded becomes the parent of what comes later.
  void descend(const trace::SpanContext& span);
  [[nodiscard]] bool sampled() const { return on_ && sampled_; }
  [[nodiscard]] const trace::ContextExtras& extras() const { return parent_.extras; }

 private:
  trace::TraceContext parent_;
  std::optional<trace::SpanContext> link_;
  bool launched_ = false;  // the decision came with it
  bool sampled_ = false;
  bool on_ = false;
};

}  // namespace spawn::agent
