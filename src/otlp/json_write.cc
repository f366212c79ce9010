// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
#include "otlp/json_write.h"

#include <string>
#include <string_view>
#include <type_traits>
#include <variant>
#include <vector>

#include "otlp/record_fields.h"

namespace spawn::otlp {
namespace {

using core::JsonWriter;
using trace::SpanRecord;
using trace::Value;

// A list's commas.
class Separator {
 public:
  explicit Separator(JsonWriter& out) : out_(out) {}
  void operator()() {
    if (!first_) out_.lit<",">();
    first_ = false;
  }

 private:
  JsonWriter& out_;
  bool first_ = true;
};

// 64-bit numbers are text in protobuf's JSON.
void write_text_number(std::int64_t number, JsonWriter& out) {
  out.quote();
  out.integer(number);
  out.quote();
}

void write_scalar(std::string_view v, JsonWriter& out) {
  out.lit<R"({"stringValue":)">();
  out.string(v);
  out.lit<"}">();
}
void write_scalar(bool v, JsonWriter& out) {
  out.lit<R"({"boolValue":)">();
  out.boolean(v);
  out.lit<"}">();
}
void write_scalar(std::int64_t v, JsonWriter& out) {
  out.lit<R"({"intValue":)">();
  write_text_number(v, out);
  out.lit<"}">();
}
void write_scalar(double v, JsonWriter& out) {
  out.lit<R"({"doubleValue":)">();
  out.real(v);
  out.lit<"}">();
}

void write_value(const Value& value, JsonWriter& out) {
  switch (value.type()) {
    case trace::ValueType::string:
      return write_scalar(value.string(), out);
    case trace::ValueType::boolean:
      return write_scalar(value.boolean(), out);
    case trace::ValueType::integer:
      return write_scalar(value.integer(), out);
    case trace::ValueType::real:
      return write_scalar(value.real(), out);
    default:
      break;
  }
  out.lit<R"({"arrayValue":{"values":[)">();
  Separator separate(out);
  value.for_each_element([&](const Value& element) {
    separate();
    write_value(element, out);
  });
  out.lit<"]}}">();
}

struct OwnedWriter {
  JsonWriter& out;
  void operator()(const std::string& v) const { write_scalar(std::string_view(v), out); }
  template <typename T>
  void operator()(const T& v) const {
    if constexpr (std::is_arithmetic_v<T>) {
      write_scalar(v, out);
    } else {
      out.lit<R"({"arrayValue":{"values":[)">();
      Separator separate(out);
      for (const auto& element : v) {
        separate();
        (*this)(static_cast<const typename T::value_type&>(element));
      }
      out.lit<"]}}">();
    }
  }
};

void write_key(std::string_view key, JsonWriter& out) {
  out.lit<R"({"key":)">();
  out.string(key);
  out.lit<R"(,"value":)">();
}

// each(f) calls f(attribute) for every attribute. Nothing is written where there is none.
template <typename Each>
void write_attributes(JsonWriter& out, Each&& each) {
  Separator separate(out);
  const std::size_t before = out.buffer().size();
  out.lit<R"(,"attributes":[)">();
  const std::size_t inside = out.buffer().size();
  each([&](const trace::Attribute& a) {
    separate();
    write_key(a.key, out);
    write_value(a.value, out);
    out.lit<"}">();
  });
  if (out.buffer().size() == inside) return out.buffer().truncate(before);
  out.lit<"]">();
}

void write_ids(trace::TraceId trace_id, trace::SpanId span_id, JsonWriter& out) {
  char digits[32];
  trace_id.write_hex(digits);
  out.lit<R"("traceId":")">();
  out.plain({digits, 32});
  span_id.write_hex(digits);
  out.lit<R"(","spanId":")">();
  out.plain({digits, 16});
  out.quote();
}

void write_trace_state(std::string_view trace_state, JsonWriter& out) {
  if (trace_state.empty()) return;
  out.lit<R"(,"traceState":)">();
  out.string(trace_state);
}

void write_flags(std::uint32_t flags, JsonWriter& out) {
  out.lit<R"(,"flags":)">();
  out.integer(flags);
}

template <core::Literal Key>
void write_count(std::uint32_t count, JsonWriter& out) {
  if (count == 0) return;
  out.lit<Key>();
  out.integer(count);
}

void write_events(const SpanRecord& record, JsonWriter& out) {
  if (record.event_count() == 0) return;
  Separator separate(out);
  out.lit<R"(,"events":[)">();
  record.for_each_event([&](const SpanRecord::Event& event) {
    separate();
    out.lit<R"({"timeUnixNano":)">();
    write_text_number(event.time_ns, out);
    out.lit<R"(,"name":)">();
    out.string(event.name);
    write_attributes(out, [&](auto&& f) { record.for_each_attribute_of(event, f); });
    out.lit<"}">();
  });
  out.lit<"]">();
}

void write_links(const SpanRecord& record, JsonWriter& out) {
  if (record.link_count() == 0) return;
  Separator separate(out);
  out.lit<R"(,"links":[)">();
  record.for_each_link([&](const SpanRecord::Link& link) {
    separate();
    RecordFields fields;
    out.lit<"{">();
    write_ids(link.to.trace_id, link.to.span_id, out);
    write_attributes(out, [&](auto&& f) {
      record.for_each_attribute_of(link, [&](const trace::Attribute& a) {
        if (a.key != kTraceState || !fields.take(a)) f(a);
      });
    });
    write_trace_state(fields.trace_state, out);
    write_flags(wire_flags(link.to.flags, link.to.remote), out);
    out.lit<"}">();
  });
  out.lit<"]">();
}

void write_status(const SpanRecord& record, JsonWriter& out) {
  out.lit<R"(,"status":{)">();
  const std::string_view message = record.status_message();
  if (!message.empty()) {
    out.lit<R"("message":)">();
    out.string(message);
  }
  if (record.status != trace::StatusCode::unset) {
    if (!message.empty()) out.lit<",">();
    out.lit<R"("code":)">();
    out.integer(static_cast<std::int64_t>(record.status));
  }
  out.lit<"}">();
}

void write_span(const ScopeGroup::Member& member, JsonWriter& out) {
  const auto& [span, fields] = member;
  const SpanRecord& record = *span;
  out.lit<"{">();
  write_ids(record.trace_id, record.span_id, out);
  write_trace_state(fields.trace_state, out);
  if (record.parent_id.valid()) {
    char digits[16];
    record.parent_id.write_hex(digits);
    out.lit<R"(,"parentSpanId":")">();
    out.plain({digits, 16});
    out.quote();
  }
  write_flags(wire_flags(record.flags, record.parent_remote), out);
  out.lit<R"(,"name":)">();
  out.string(record.name());
  out.lit<R"(,"kind":)">();
  out.integer(static_cast<std::int64_t>(record.kind) + 1);
  out.lit<R"(,"startTimeUnixNano":)">();
  write_text_number(record.start_ns, out);
  if (!record.in_progress) {
    out.lit<R"(,"endTimeUnixNano":)">();
    write_text_number(record.end_ns, out);
  }
  write_attributes(out, [&](auto&& f) { for_each_plain_attribute(record, f); });
  write_count<R"(,"droppedAttributesCount":)">(fields.dropped_attributes, out);
  write_events(record, out);
  write_count<R"(,"droppedEventsCount":)">(fields.dropped_events, out);
  write_links(record, out);
  write_count<R"(,"droppedLinksCount":)">(fields.dropped_links, out);
  write_status(record, out);
  out.lit<"}">();
}

void write_scope(const ScopeGroup& group, JsonWriter& out) {
  out.lit<R"({"scope":{)">();
  if (!group.name.empty()) {
    out.lit<R"("name":)">();
    out.string(group.name);
  }
  if (!group.version.empty()) {
    if (!group.name.empty()) out.lit<",">();
    out.lit<R"("version":)">();
    out.string(group.version);
  }
  out.lit<R"(},"spans":[)">();
  Separator separate(out);
  for (const ScopeGroup::Member& member : group.members) {
    separate();
    write_span(member, out);
  }
  out.lit<"]}">();
}

void write_resource(const trace::Resource* resource, JsonWriter& out) {
  out.lit<R"({"resource":{"attributes":[)">();
  Separator separate(out);
  if (resource != nullptr) {
    for (const auto& [key, value] : resource->attributes()) {
      separate();
      write_key(key, out);
      std::visit(OwnedWriter{out}, value);
      out.lit<"}">();
    }
  }
  out.lit<R"(]},"scopeSpans":[)">();
}

}  // namespace

void write_json(std::span<const SpanRecord> records, core::CharBuffer& buffer) {
  JsonWriter out(buffer);
  out.lit<R"({"resourceSpans":[)">();
  Separator separate(out);
  for (const ResourceGroup& group : group(records)) {
    separate();
    write_resource(group.resource, out);
    Separator separate_scopes(out);
    for (const ScopeGroup& scope : group.scopes) {
      separate_scopes();
      write_scope(scope, out);
    }
    out.lit<"]}">();
  }
  out.lit<"]}">();
}

}  // namespace spawn::otlp
