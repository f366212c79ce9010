// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
#include "aws/attempt_tracing_caller.h"

#include <string>

#include "aws/span_attributes.h"
#include "telemetry/current.h"
#include "trace/attributes.h"

namespace spawn::aws {
namespace {

namespace key = trace::key;

double in_ms(core::Nanos duration) {
  return std::chrono::duration<double, std::milli>(duration).count();
}

void set_phase(trace::SpanRecord& record, std::string_view name, core::Nanos took) {
  if (took.count() > 0) record.set(name, in_ms(took));
}

void set_timings(trace::SpanRecord& record, const http::Timings& timings) {
  set_phase(record, key::kDnsMs, timings.dns);
  set_phase(record, key::kConnectMs, timings.connect);
  set_phase(record, key::kTlsMs, timings.tls);
  set_phase(record, key::kFirstByteMs, timings.first_byte);
}

}  // namespace

Outcome AttemptTracingCaller::call(const Call& call) {
  const telemetry::ActiveContext& parent = telemetry::current();
  if (!parent.decided || !parent.span.sampled()) return inner_.call(call);

  telemetry::Span span = tracer_.start("attempt " + std::to_string(call.attempt));
  Outcome outcome = inner_.call(call);
  trace::SpanRecord* record = span.record();
  if (record == nullptr) return outcome;
  set_outcome(*record, outcome);
  set_streams(*record, call, outcome);
  if (call.attempt > 1) {
    record->set(key::kHttpResendCount, call.attempt - 1);
    record->set(key::kAwsBackoffMs, in_ms(call.backoff));
  }
  set_timings(*record, outcome ? outcome->timings : outcome.error().timings);
  if (!outcome) record->set(key::kAwsThrottled, outcome.error().throttled);
  return outcome;
}

}  // namespace spawn::aws
