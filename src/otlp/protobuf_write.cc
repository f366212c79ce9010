// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
#include "otlp/protobuf_write.h"

#include <protozero/pbf_writer.hpp>
#include <string_view>
#include <type_traits>
#include <variant>
#include <vector>

#include "otlp/protobuf_fields.h"
#include "otlp/record_fields.h"

namespace spawn::otlp {
namespace {

using protozero::pbf_writer;
using tag::Tag;
using trace::SpanRecord;
using trace::Value;

// protozero takes what has data() and size(); ours is no type that it knows.
void add_text(pbf_writer& out, Tag tag, std::string_view text) {
  out.add_string(tag, text.data(), text.size());
}
// The default of a field is not written (proto3).
void add_optional_text(pbf_writer& out, Tag tag, std::string_view text) {
  if (!text.empty()) add_text(out, tag, text);
}
void add_count(pbf_writer& out, Tag tag, std::uint32_t count) {
  if (count > 0) out.add_uint32(tag, count);
}

void put_big_endian(std::uint64_t value, char* to) {
  for (int i = 7; i >= 0; --i, value >>= 8) to[i] = static_cast<char>(value & 0xFF);
}
void add_id(pbf_writer& out, Tag tag, trace::SpanId id) {
  char bytes[8];
  put_big_endian(id.value, bytes);
  out.add_bytes(tag, bytes, sizeof bytes);
}
void add_id(pbf_writer& out, Tag tag, trace::TraceId id) {
  char bytes[16];
  put_big_endian(id.high, bytes);
  put_big_endian(id.low, bytes + 8);
  out.add_bytes(tag, bytes, sizeof bytes);
}

// One member of AnyValue's oneof: written even when it is the default.
void add_scalar(pbf_writer& any, std::string_view v) { add_text(any, tag::kAnyString, v); }
void add_scalar(pbf_writer& any, bool v) { any.add_bool(tag::kAnyBool, v); }
void add_scalar(pbf_writer& any, std::int64_t v) { any.add_int64(tag::kAnyInt, v); }
void add_scalar(pbf_writer& any, double v) { any.add_double(tag::kAnyDouble, v); }

void fill(pbf_writer& any, const Value& value) {
  switch (value.type()) {
    case trace::ValueType::string:
      return add_scalar(any, value.string());
    case trace::ValueType::boolean:
      return add_scalar(any, value.boolean());
    case trace::ValueType::integer:
      return add_scalar(any, value.integer());
    case trace::ValueType::real:
      return add_scalar(any, value.real());
    default:
      break;
  }
  pbf_writer array(any, tag::kAnyArray);
  value.for_each_element([&](const Value& element) {
    pbf_writer one(array, tag::kValues);
    fill(one, element);
  });
}

struct OwnedFiller {
  pbf_writer& any;
  void operator()(const std::string& v) const { add_scalar(any, std::string_view(v)); }
  template <typename T>
  void operator()(const T& v) const {
    if constexpr (std::is_arithmetic_v<T>) {
      add_scalar(any, v);
    } else {
      pbf_writer array(any, tag::kAnyArray);
      for (const auto& element : v) {
        pbf_writer one(array, tag::kValues);
        OwnedFiller{one}(static_cast<const typename T::value_type&>(element));
      }
    }
  }
};

void add_attribute(pbf_writer& out, Tag tag, const trace::Attribute& a) {
  pbf_writer pair(out, tag);
  add_text(pair, tag::kKeyValueKey, a.key);
  pbf_writer any(pair, tag::kKeyValueValue);
  fill(any, a.value);
}

void add_events(pbf_writer& out, const SpanRecord& record) {
  record.for_each_event([&](const SpanRecord::Event& event) {
    pbf_writer one(out, tag::kSpanEvents);
    one.add_fixed64(tag::kEventTime, static_cast<std::uint64_t>(event.time_ns));
    add_optional_text(one, tag::kEventName, event.name);
    record.for_each_attribute_of(
        event, [&](const trace::Attribute& a) { add_attribute(one, tag::kEventAttributes, a); });
  });
}

void add_links(pbf_writer& out, const SpanRecord& record) {
  record.for_each_link([&](const SpanRecord::Link& link) {
    pbf_writer one(out, tag::kSpanLinks);
    add_id(one, tag::kLinkTraceId, link.to.trace_id);
    add_id(one, tag::kLinkSpanId, link.to.span_id);
    RecordFields fields;
    record.for_each_attribute_of(link, [&](const trace::Attribute& a) {
      if (a.key != kTraceState || !fields.take(a)) add_attribute(one, tag::kLinkAttributes, a);
    });
    add_optional_text(one, tag::kLinkTraceState, fields.trace_state);
    one.add_fixed32(tag::kLinkFlags, wire_flags(link.to.flags, link.to.remote));
  });
}

void add_status(pbf_writer& out, const SpanRecord& record) {
  const std::string_view message = record.status_message();
  if (record.status == trace::StatusCode::unset && message.empty()) return;
  pbf_writer status(out, tag::kSpanStatus);
  add_optional_text(status, tag::kStatusMessage, message);
  if (record.status != trace::StatusCode::unset) {
    status.add_enum(tag::kStatusCode, static_cast<std::int32_t>(record.status));
  }
}

void add_span(pbf_writer& out, const ScopeGroup::Member& member) {
  const auto& [span, fields] = member;
  const SpanRecord& record = *span;
  pbf_writer one(out, tag::kScopeSpansSpans);
  add_id(one, tag::kSpanTraceId, record.trace_id);
  add_id(one, tag::kSpanSpanId, record.span_id);
  add_optional_text(one, tag::kSpanTraceState, fields.trace_state);
  if (record.parent_id.valid()) add_id(one, tag::kSpanParentSpanId, record.parent_id);
  add_optional_text(one, tag::kSpanName, record.name());
  one.add_enum(tag::kSpanKind, static_cast<std::int32_t>(record.kind) + 1);
  one.add_fixed64(tag::kSpanStart, static_cast<std::uint64_t>(record.start_ns));
  if (!record.in_progress) {
    one.add_fixed64(tag::kSpanEnd, static_cast<std::uint64_t>(record.end_ns));
  }
  for_each_plain_attribute(
      record, [&](const trace::Attribute& a) { add_attribute(one, tag::kSpanAttributes, a); });
  add_count(one, tag::kSpanDroppedAttributes, fields.dropped_attributes);
  add_events(one, record);
  add_count(one, tag::kSpanDroppedEvents, fields.dropped_events);
  add_links(one, record);
  add_count(one, tag::kSpanDroppedLinks, fields.dropped_links);
  add_status(one, record);
  one.add_fixed32(tag::kSpanFlags, wire_flags(record.flags, record.parent_remote));
}

void add_resource(pbf_writer& out, const trace::Resource* resource) {
  pbf_writer one(out, tag::kResourceSpansResource);
  if (resource == nullptr) return;
  for (const auto& [key, value] : resource->attributes()) {
    pbf_writer pair(one, tag::kResourceAttributes);
    add_text(pair, tag::kKeyValueKey, key);
    pbf_writer any(pair, tag::kKeyValueValue);
    std::visit(OwnedFiller{any}, value);
  }
}

void add_scope(pbf_writer& out, const ScopeGroup& group) {
  pbf_writer scope_spans(out, tag::kResourceSpansScopeSpans);
  if (!group.name.empty() || !group.version.empty()) {
    pbf_writer scope(scope_spans, tag::kScopeSpansScope);
    add_optional_text(scope, tag::kScopeName, group.name);
    add_optional_text(scope, tag::kScopeVersion, group.version);
  }
  for (const ScopeGroup::Member& member : group.members) add_span(scope_spans, member);
}

}  // namespace

void write_protobuf(std::span<const SpanRecord> records, std::string& out) {
  pbf_writer request(out);
  for (const ResourceGroup& group : group(records)) {
    pbf_writer resource_spans(request, tag::kRequestResourceSpans);
    add_resource(resource_spans, group.resource);
    for (const ScopeGroup& scope : group.scopes) add_scope(resource_spans, scope);
  }
}

}  // namespace spawn::otlp
