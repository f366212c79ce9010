// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
#include "trace/jsonl.h"

#include "core/time_text.h"
#include "trace/value_json.h"

namespace spawn::trace {
namespace {

using core::JsonWriter;

// Every bit of a nanosecond, without floating point: 12.345678, 12.5, 12.
void write_milliseconds(std::int64_t ns, core::CharBuffer& out) {
  char* const begin = out.ensure(32);
  char* at = std::to_chars(begin, begin + 24, ns / 1'000'000).ptr;
  auto rest = static_cast<int>(ns % 1'000'000);
  if (rest > 0) {
    *at++ = '.';
    for (int unit = 100'000; rest > 0; unit /= 10) {
      *at++ = static_cast<char>('0' + rest / unit);
      rest %= unit;
    }
  }
  out.advance_to(at);
}

void write_id(SpanId id, JsonWriter& out) {
  char digits[16];
  id.write_hex(digits);
  out.quote();
  out.plain({digits, sizeof digits});
  out.quote();
}

void write_trace_id(TraceId id, JsonWriter& out) {
  char digits[32];
  id.write_hex(digits);
  out.quote();
  out.plain({digits, sizeof digits});
  out.quote();
}

void write_time(std::int64_t wall_ns, JsonWriter& out) {
  out.quote();
  out.plain(core::rfc3339(wall_ns));
  out.quote();
}

void write_ids_and_times(const SpanRecord& record, JsonWriter& out) {
  out.lit<R"({"trace_id":)">();
  write_trace_id(record.trace_id, out);
  out.lit<R"(,"span_id":)">();
  write_id(record.span_id, out);
  out.lit<R"(,"parent_span_id":)">();
  if (record.parent_id.valid()) {
    write_id(record.parent_id, out);
  } else {
    out.lit<"null">();
  }
  if (record.parent_remote) out.lit<R"(,"parent_remote":true)">();
  out.lit<R"(,"name":)">();
  out.string(record.name());
  out.lit<R"(,"kind":)">();
  out.string(to_string(record.kind));
  out.lit<R"(,"start":)">();
  write_time(record.start_ns, out);
  if (record.in_progress) {
    out.lit<R"(,"end":null,"duration_ms":null)">();
    return;
  }
  out.lit<R"(,"end":)">();
  write_time(record.end_ns, out);
  out.lit<R"(,"duration_ms":)">();
  write_milliseconds(record.duration_ns(), out.buffer());
}

void write_status(const SpanRecord& record, JsonWriter& out) {
  out.lit<R"(,"status":{"code":)">();
  out.string(to_string(record.status));
  if (const auto message = record.status_message(); !message.empty()) {
    out.lit<R"(,"message":)">();
    out.string(message);
  }
  out.lit<"}">();
}

template <typename EventOrLink>
void write_attributes_of(const SpanRecord& record, const EventOrLink& of, JsonWriter& out) {
  out.lit<R"(,"attributes":)">();
  ObjectWriter attributes(out);
  record.for_each_attribute_of(
      of, [&](const Attribute& a) { write_value(a.value, attributes.key(a.key)); });
  attributes.close();
}

void write_events_and_links(const SpanRecord& record, JsonWriter& out) {
  out.lit<R"(,"events":[)">();
  bool first = true;
  record.for_each_event([&](const SpanRecord::Event& event) {
    if (!first) out.plain(",");
    first = false;
    out.lit<R"({"name":)">();
    out.string(event.name);
    out.lit<R"(,"time":)">();
    write_time(event.time_ns, out);
    write_attributes_of(record, event, out);
    out.lit<"}">();
  });
  out.lit<R"(],"links":[)">();
  first = true;
  record.for_each_link([&](const SpanRecord::Link& link) {
    if (!first) out.plain(",");
    first = false;
    out.lit<R"({"trace_id":)">();
    write_trace_id(link.to.trace_id, out);
    out.lit<R"(,"span_id":)">();
    write_id(link.to.span_id, out);
    write_attributes_of(record, link, out);
    out.lit<"}">();
  });
  out.lit<"]">();
}

}  // namespace

void write_json_line(const SpanRecord& record, core::CharBuffer& buffer) {
  JsonWriter out(buffer);
  write_ids_and_times(record, out);
  write_status(record, out);
  out.lit<R"(,"attributes":)">();
  ObjectWriter attributes(out);
  record.for_each_attribute(
      [&](const Attribute& a) { write_value(a.value, attributes.key(a.key)); });
  attributes.close();
  write_events_and_links(record, out);
  out.lit<R"(,"resource":)">();
  ObjectWriter resource(out);
  if (record.resource != nullptr) {
    for (const auto& [key, value] : record.resource->attributes()) {
      write_value(value, resource.key(key));
    }
  }
  resource.close();
  out.lit<"}\n">();
}

}  // namespace spawn::trace
