// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
#include "agent/agent_context.h"

#include <utility>

namespace spawn::agent {
namespace {

// What a trace of the agent's own begins with.
constexpr std::string_view kRootName = "spored boot";

}  // namespace

AgentContext::AgentContext(std::optional<trace::TraceContext> launch, std::int64_t size,
                           const trace::SpanContext& fresh, const trace::Sampling& sampling)
    : launched_(launch.has_value()) {
  if (launch) {
    parent_ = std::move(*launch);
    sampled_ = parent_.span.sampled();
    if (size <= kMostMembersOfOneTrace) return;
    link_ = parent_.span;
  } else {
    sampled_ = sampling.keeps(kRootName, trace::SpanKind::internal, fresh.trace_id.randomness());
    if (sampled_) parent_.extras.tracestate = sampling.tracestate();
  }
  parent_.span = {fresh.trace_id, {}, trace::kRandom, false};
}

void AgentContext::set_tracing(bool on, std::optional<trace::Sampling> anew) {
  on_ = on;
  if (!anew || (launched_ && anew->asked() != nullptr)) return;
  sampled_ = anew->keeps(kRootName, trace::SpanKind::internal, parent_.span.trace_id.randomness());
}

telemetry::ActiveContext AgentContext::active() const {
  trace::SpanContext span = parent_.span;
  span.flags = static_cast<std::uint8_t>((span.flags & ~trace::kSampled) |
                                         (sampled() ? trace::kSampled : 0));
  return {span, &parent_.extras, true};
}

telemetry::ActiveContext AgentContext::quiet() const {
  telemetry::ActiveContext context = active();
  context.span.flags &= static_cast<std::uint8_t>(~trace::kSampled);
  return context;
}

telemetry::Span AgentContext::start(telemetry::Tracer& tracer, std::string_view name) const {
  trace::SpanContext parent = active().span;
  // What is not recorded has no span of its own, and still is passed on.
  if (!parent.sampled() && !parent.span_id.valid()) parent.span_id = tracer.new_span_id();
  return tracer.start_child_of(parent, &parent_.extras, name);
}

void AgentContext::descend(const trace::SpanContext& span) { parent_.span = span; }

}  // namespace spawn::agent
