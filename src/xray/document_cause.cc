// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
#include "xray/draft.h"

namespace spawn::xray {
namespace {

// An exception needs an id of its own, unique in the trace: the span's, mixed (splitmix64).
trace::SpanId exception_id(const trace::SpanRecord& record, std::uint64_t ordinal) {
  std::uint64_t z = record.span_id.value + (ordinal + 1) * 0x9E3779B97F4A7C15U;
  z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9U;
  z = (z ^ (z >> 27)) * 0x94D049BB133111EBU;
  return {z ^ (z >> 31)};
}

template <class Writer>
void write_exception(Draft<Writer>& draft, std::uint64_t ordinal, std::string_view type,
                     std::string_view message) {
  constexpr std::size_t kMaxMessageBytes = 4096;  // all of it is in the metadata
  if (ordinal == 0) {
    draft.out.template lit<R"(,"cause":{"exceptions":[{"id":")">();
  } else {
    draft.out.template lit<R"(,{"id":")">();
  }
  draft.span_id(exception_id(draft.record, ordinal));
  draft.out.template lit<"\"">();
  draft.template member<R"(,"type":")">(type);
  draft.template member<R"(,"message":")">(message, kMaxMessageBytes);
  const trace::SpanKind kind = draft.record.kind;
  if (kind == trace::SpanKind::client || kind == trace::SpanKind::producer) {
    draft.out.template lit<R"(,"remote":true)">();
  }
  draft.out.template lit<"}">();
}

template <class Writer>
std::uint64_t write_exception_events(Draft<Writer>& draft) {
  std::uint64_t written = 0;
  if (draft.record.event_count() == 0) return written;
  draft.record.for_each_event([&](const trace::SpanRecord::Event& event) {
    if (event.name != "exception" || written >= draft.limits.items) return;
    std::string_view type;
    std::string_view message;
    draft.record.for_each_attribute_of(event, [&](const trace::Attribute& a) {
      if (a.value.type() != trace::ValueType::string) return;
      if (a.key == "exception.type") type = a.value.string();
      if (a.key == "exception.message") message = a.value.string();
    });
    write_exception(draft, written++, type, message);
  });
  return written;
}

}  // namespace

template <class Writer>
void write_cause(Draft<Writer>& draft) {
  std::uint64_t written = write_exception_events(draft);
  if (written == 0 && (draft.flags.any() || draft.record.status == trace::StatusCode::error)) {
    const std::string_view type = draft.fields.error_type;
    const std::string_view message = draft.record.status_message();
    if (!type.empty() || !message.empty()) {
      write_exception(draft, written++, type, message.empty() ? type : message);
    }
  }
  if (written > 0) draft.out.template lit<"]}">();
}

template void write_cause(Draft<core::JsonWriter>& draft);
template void write_cause(Draft<core::NestedJsonWriter>& draft);

}  // namespace spawn::xray
