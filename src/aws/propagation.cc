// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
#include "aws/propagation.h"

#include "trace/traceparent.h"
#include "trace/xray_header.h"

namespace spawn::aws {

void inject(const trace::SpanContext& span, const trace::ContextExtras* extras, Carrier& carrier) {
  carrier.insert_or_assign(std::string(kTraceparent), trace::format_traceparent(span));
  if (extras != nullptr && !extras->tracestate.empty()) {
    carrier.insert_or_assign(std::string(kTracestate), extras->tracestate);
  } else {
    carrier.erase(std::string(kTracestate));
  }
}

std::optional<trace::TraceContext> extract(const Carrier& carrier) {
  const auto traceparent = carrier.find(kTraceparent);
  if (traceparent == carrier.end()) return std::nullopt;
  const auto span = trace::parse_traceparent(traceparent->second);
  if (!span) return std::nullopt;
  trace::TraceContext context{*span, {}};
  if (const auto tracestate = carrier.find(kTracestate); tracestate != carrier.end()) {
    context.extras.tracestate = trace::parse_tracestate(tracestate->second).value_or("");
  }
  return context;
}

std::optional<trace::TraceContext> extract_xray(std::string_view header) {
  const auto parsed = trace::parse_xray_header(header);
  if (!parsed || !parsed->parent) return std::nullopt;
  trace::TraceContext context;
  context.span.trace_id = *parsed->root;
  context.span.span_id = *parsed->parent;
  if (parsed->sampled == trace::XRayHeader::Sampled::yes) context.span.flags = trace::kSampled;
  context.span.remote = true;
  context.extras.xray_fields = parsed->unknown_fields;
  return context;
}

}  // namespace spawn::aws
