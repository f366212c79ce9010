// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
#include "otel/span.h"

#include <sched.h>

#include "otel/tracer.h"

namespace spawn::otel {

namespace {
namespace common = opentelemetry::common;
namespace nostd = opentelemetry::nostd;

std::int64_t nanoseconds(common::SystemTimestamp time) { return time.time_since_epoch().count(); }
}  // namespace

// Held for the time of writing some bytes; whoever must wait gives up its turn.
class Span::Lock {
 public:
  explicit Lock(const Span& span) : locked_(span.locked_) {
    while (locked_.exchange(true, std::memory_order_acquire)) [[unlikely]] {
        sched_yield();
      }
  }
  ~Lock() { locked_.store(false, std::memory_order_release); }
  Lock(const Lock&) = delete;
  Lock& operator=(const Lock&) = delete;

 private:
  std::atomic<bool>& locked_;
};

telemetry::ActiveContext Span::active() const {
  const Lock lock(*this);
  return span_.context();
}

void Span::SetAttribute(nostd::string_view key, const common::AttributeValue& value) noexcept {
  if (!IsRecording()) return;
  const Lock lock(*this);
  if (trace::SpanRecord* record = span_.record()) {
    set_within(limits_, *record, from_api(key), value);
  }
}

void Span::AddEvent(nostd::string_view name) noexcept {
  if (!IsRecording()) return;
  const Lock lock(*this);
  const trace::SpanRecord* const record = span_.record();
  if (record != nullptr && limits_ != nullptr && record->event_count() >= limits_->events) return;
  span_.add_event(from_api(name));
}

void Span::AddEvent(nostd::string_view name, common::SystemTimestamp time) noexcept {
  AddEvent(name, time, common::NoopKeyValueIterable());
}

void Span::AddEvent(nostd::string_view name, common::SystemTimestamp time,
                    const common::KeyValueIterable& attributes) noexcept {
  if (!IsRecording()) return;
  const Lock lock(*this);
  if (trace::SpanRecord* record = span_.record()) {
    add_event_within(limits_, *record, from_api(name), nanoseconds(time), attributes);
  }
}

void Span::SetStatus(api::StatusCode code, nostd::string_view description) noexcept {
  if (!IsRecording()) return;
  const Lock lock(*this);
  trace::SpanRecord* record = span_.record();
  if (record == nullptr || code == api::StatusCode::kUnset ||
      record->status == trace::StatusCode::ok) {
    return;
  }
  if (code == api::StatusCode::kOk) {
    record->set_status(trace::StatusCode::ok);
  } else {
    record->set_status(trace::StatusCode::error, from_api(description));
  }
}

void Span::UpdateName(nostd::string_view name) noexcept {
  if (!IsRecording()) return;
  const Lock lock(*this);
  span_.set_name(from_api(name));
}

void Span::End(const api::EndSpanOptions& options) noexcept {
  if (!IsRecording()) return;
  const Lock lock(*this);
  recording_.store(false, std::memory_order_relaxed);
  const std::int64_t at = options.end_steady_time.time_since_epoch().count();
  if (at == 0) {
    span_.end();
  } else {
    span_.end_at(at);
  }
}

api::SpanContext Span::GetContext() const noexcept { return to_api(active()); }

}  // namespace spawn::otel
