// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
#include "otel/context_span.h"

#include <opentelemetry/trace/context.h>

#include <utility>

namespace spawn::otel {

namespace {
namespace context = opentelemetry::context;
namespace nostd = opentelemetry::nostd;
}  // namespace

ParentContext parent_context(const api::SpanContext& span) {
  if (!span.IsValid()) return {};
  ParentContext parent{{from_api(span), nullptr, true}, {}};
  if (const auto& state = span.trace_state(); state != nullptr && !state->Empty()) {
    auto extras = std::make_shared<trace::ContextExtras>();
    extras->tracestate = state->ToHeader();
    parent.active.extras = extras.get();
    parent.extras = std::move(extras);
  }
  return parent;
}

ParentContext parent_context(const context::Context& from) {
  const context::ContextValue value = from.GetValue(api::kSpanKey);
  const auto* const span = nostd::get_if<nostd::shared_ptr<api::Span>>(&value);
  if (span == nullptr || *span == nullptr) return {};
  if (const auto* const ours = dynamic_cast<const ContextSpan*>(span->get())) {
    return {ours->active(), ours->extras()};
  }
  return parent_context((*span)->GetContext());
}

api::SpanContext to_api(const telemetry::ActiveContext& context) {
  const trace::SpanContext& span = context.span;
  const api::TraceFlags flags(span.flags);
  if (context.extras == nullptr || context.extras->tracestate.empty()) {
    return {to_api(span.trace_id), to_api(span.span_id), flags, span.remote};
  }
  return {to_api(span.trace_id), to_api(span.span_id), flags, span.remote,
          api::TraceState::FromHeader(to_api(context.extras->tracestate))};
}

RemoteSpan::RemoteSpan(const trace::SpanContext& context, Extras extras)
    : active_{context, extras.get(), true}, extras_(std::move(extras)) {}

}  // namespace spawn::otel
