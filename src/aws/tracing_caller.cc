// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
#include "aws/tracing_caller.h"

#include <string>
#include <string_view>

#include "aws/span_attributes.h"
#include "telemetry/current.h"
#include "trace/attributes.h"
#include "trace/xray_header.h"

namespace spawn::aws {
namespace {

Call with_trace_header(const Call& call, const telemetry::ActiveContext& context) {
  Call copy = call;
  const std::string_view unknown_fields =
      context.extras == nullptr ? std::string_view() : context.extras->xray_fields;
  http::set_header(copy.headers, trace::kXRayHeader,
                   trace::format_xray_header(context.span, unknown_fields));
  return copy;
}

}  // namespace

Outcome TracingCaller::call(const Call& call) {
  const bool in_a_trace = telemetry::current().decided;
  // The name comes later: to build it is wasted on an unsampled call.
  telemetry::Span span = tracer_.start({}, trace::SpanKind::client);
  trace::SpanRecord* record = span.record();
  if (record == nullptr) {
    if (!in_a_trace) return inner_.call(call);
    return inner_.call(with_trace_header(call, span.context()));
  }

  std::string name(call.service->id);
  name += '.';
  name += call.operation;
  record->set_name(name);
  set_call(*record, call);
  for (const auto& [key, value] : call.attributes) record->set(key, value);
  const telemetry::Scope scope(span.context());
  Outcome outcome = inner_.call(with_trace_header(call, span.context()));
  set_outcome(*record, outcome);
  set_streams(*record, call, outcome);
  if (outcome && call.describe != nullptr) call.describe(*outcome, *record);
  const int attempts = outcome ? outcome->attempts : outcome.error().attempts;
  record->set(trace::key::kAwsAttempts, attempts);
  return outcome;
}

}  // namespace spawn::aws
