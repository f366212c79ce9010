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

Call with_context(const Call& call, const telemetry::ActiveContext& context) {
  Call copy = call;
  const std::string_view unknown_fields =
      context.extras == nullptr ? std::string_view() : context.extras->xray_fields;
  http::set_header(copy.headers, trace::kXRayHeader,
                   trace::format_xray_header(context.span, unknown_fields));
  if (copy.inject) copy.inject(copy, context);
  return copy;
}

void describe_call(trace::SpanRecord& record, const Call& call) {
  std::string name(call.service->id);
  name += '.';
  name += call.operation;
  record.set_name(name);
  record.kind = call.kind;
  set_call(record, call);
  for (const auto& [key, value] : call.attributes) record.set(key, value);
}

void describe_outcome(trace::SpanRecord& record, const Call& call, const Outcome& outcome) {
  set_outcome(record, outcome);
  set_streams(record, call, outcome);
  const int attempts = outcome ? outcome->attempts : outcome.error().attempts;
  record.set(trace::key::kAwsAttempts, attempts);
  if (call.describe != nullptr) call.describe(outcome, record);
}

}  // namespace

Outcome TracingCaller::call(const Call& call) {
  const bool in_a_trace = telemetry::current().decided;
  if (call.is_idle != nullptr && !in_a_trace) return poll(call);
  // The name comes later: to build it is wasted on an unsampled call.
  telemetry::Span span = tracer_.start({}, trace::SpanKind::client);
  trace::SpanRecord* record = span.record();
  if (record == nullptr) {
    if (!in_a_trace) return inner_.call(call);
    return inner_.call(with_context(call, span.context()));
  }

  describe_call(*record, call);
  const telemetry::Scope scope(span.context());
  Outcome outcome = inner_.call(with_context(call, span.context()));
  describe_outcome(*record, call, outcome);
  return outcome;
}

// Whether there is a span is known afterwards. It has no attempts below it then.
Outcome TracingCaller::poll(const Call& call) {
  const core::Instant began = tracer_.clock().now();
  Outcome outcome = inner_.call(call);
  if (outcome && call.is_idle(*outcome)) return outcome;
  telemetry::Span span = tracer_.start({}, call.kind);
  if (trace::SpanRecord* record = span.record(); record != nullptr) {
    span.set_start(began);
    describe_call(*record, call);
    describe_outcome(*record, call, outcome);
  }
  return outcome;
}

}  // namespace spawn::aws
