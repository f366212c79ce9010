// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
//
// What can be searched (annotations), what is only kept (metadata), and links. metadata.default
// holds the attributes that no other block has in full; metadata.spawn what else it takes to make
// the span again (to_span.cc).
#include <cmath>
#include <type_traits>
#include <variant>

#include "xray/draft.h"

namespace spawn::xray {
namespace {

// Key is ,"key": here.
template <core::Literal Key, class Writer>
void annotation(Draft<Writer>& draft, std::string_view text) {
  if (text.empty()) return;
  draft.out.template lit<Key>();
  draft.quoted(text, kMaxAnnotationCharacters);
}

template <core::Literal Key, class Writer>
void annotation(Draft<Writer>& draft, const std::optional<trace::Value>& value) {
  if (!value || value->is_array()) return;
  if (value->type() == trace::ValueType::string) return annotation<Key>(draft, value->string());
  draft.out.template lit<Key>();
  draft.value(*value);
}

template <class Writer>
void write_owned(Draft<Writer>& draft, const trace::OwnedValue& owned) {
  const auto one = [&](const auto& value) {
    using T = std::decay_t<decltype(value)>;
    if constexpr (std::is_same_v<T, std::string>) {
      draft.quoted(value);
    } else if constexpr (std::is_same_v<T, bool>) {
      draft.out.boolean(value);
    } else if constexpr (std::is_same_v<T, double>) {
      draft.out.real(value);
    } else {
      draft.out.integer(value);
    }
  };
  const auto list = [&](const auto& values) {
    using Element = typename std::decay_t<decltype(values)>::value_type;
    std::size_t count = 0;
    draft.out.template lit<"[">();
    for (const Element& value : values) {
      if (count++ >= draft.limits.items) break;
      if (count > 1) draft.out.template lit<",">();
      one(value);
    }
    draft.out.template lit<"]">();
  };
  std::visit(
      [&](const auto& value) {
        using T = std::decay_t<decltype(value)>;
        if constexpr (std::is_same_v<T, std::string> || std::is_arithmetic_v<T>) {
          one(value);
        } else {
          list(value);
        }
      },
      owned);
}

template <class Writer>
void write_resource(Draft<Writer>& draft) {
  std::size_t count = 0;
  for (const auto& [name, value] : draft.record.resource->attributes()) {
    if (count++ >= draft.limits.items) return;
    draft.template member<R"(,"otel.resource.)">(name, trace::kMaxKeyBytes);
    draft.out.template lit<":">();
    write_owned(draft, value);
  }
}

// f is for_each_attribute or for_each_attribute_of.
template <class Writer, typename ForEach>
void write_attributes(Draft<Writer>& draft, ForEach&& for_each) {
  std::size_t count = 0;
  for_each([&](const trace::Attribute& a) {
    if (count++ < draft.limits.items) draft.attribute(a);
  });
}

template <class Writer>
void write_events(Draft<Writer>& draft) {
  if (draft.record.event_count() == 0) return;
  std::size_t count = 0;
  draft.out.template lit<R"(,"events":[)">();
  draft.record.for_each_event([&](const trace::SpanRecord::Event& event) {
    if (count++ >= draft.limits.items) return;
    if (count > 1) draft.out.template lit<",">();
    draft.out.template lit<R"({"name":)">();
    draft.quoted(event.name);
    draft.out.template lit<R"(,"time":)">();
    draft.time(event.time_ns);
    const auto attributes = draft.template open<R"(,"attributes":)">();
    write_attributes(draft, [&](auto&& f) { draft.record.for_each_attribute_of(event, f); });
    draft.close(attributes);
    draft.out.template lit<"}">();
  });
  draft.out.template lit<"]">();
}

// Links number first (counted from 0) up to, not with, last.
template <core::Literal Key, class Writer>
void write_some_links(Draft<Writer>& draft, std::size_t first, std::size_t last) {
  if (draft.record.link_count() <= first) return;
  std::size_t number = 0;
  draft.out.template lit<Key>();
  draft.record.for_each_link([&](const trace::SpanRecord::Link& link) {
    const std::size_t n = number++;
    if (n < first || n >= last || n >= draft.limits.items) return;
    if (n > first) draft.out.template lit<",">();
    draft.out.template lit<R"({"trace_id":")">();
    draft.trace_id(link.to.trace_id);
    draft.out.template lit<R"(","id":")">();
    draft.span_id(link.to.span_id);
    draft.out.template lit<"\"">();
    const auto attributes = draft.template open<R"(,"attributes":)">();
    write_attributes(draft, [&](auto&& f) { draft.record.for_each_attribute_of(link, f); });
    draft.close(attributes);
    draft.out.template lit<"}">();
  });
  draft.out.template lit<"]">();
}

template <class Writer>
void write_kind(Draft<Writer>& draft) {
  switch (draft.record.kind) {
    case trace::SpanKind::internal:
      return draft.out.template lit<R"(,"kind":"INTERNAL")">();
    case trace::SpanKind::server:
      return draft.out.template lit<R"(,"kind":"SERVER")">();
    case trace::SpanKind::client:
      return draft.out.template lit<R"(,"kind":"CLIENT")">();
    case trace::SpanKind::producer:
      return draft.out.template lit<R"(,"kind":"PRODUCER")">();
    case trace::SpanKind::consumer:
      return draft.out.template lit<R"(,"kind":"CONSUMER")">();
  }
}

template <class Writer>
void write_status(Draft<Writer>& draft) {
  if (draft.record.status == trace::StatusCode::unset) return;
  draft.out.template lit<R"(,"status":)">();
  draft.quoted(trace::to_string(draft.record.status));
  const std::string_view message = draft.record.status_message();
  if (message.empty()) return;
  draft.out.template lit<R"(,"status_message":)">();
  draft.quoted(message);
}

}  // namespace

template <class Writer>
void write_annotations(Draft<Writer>& draft) {
  const Fields& f = draft.fields;
  const auto annotations = draft.template open<R"(,"annotations":)">();
  annotation<R"(,"spawn_instance_id":)">(draft, f.instance_id);
  annotation<R"(,"spawn_job_array_id":)">(draft, f.job_array_id);
  annotation<R"(,"spawn_job_array_index":)">(draft, f.job_array_index);
  if (f.is_aws_call()) {
    annotation<R"(,"aws_operation":)">(draft, f.operation);
    annotation<R"(,"aws_region":)">(draft, f.region);
  }
  annotation<R"(,"error_type":)">(draft, f.error_type);
  draft.close(annotations);
}

template <class Writer>
void write_metadata(Draft<Writer>& draft) {
  const trace::SpanRecord& record = draft.record;
  draft.out.template lit<R"(,"metadata":{"spawn":{"name":)">();
  draft.quoted(record.name());
  write_kind(draft);
  if (record.parent_remote) draft.out.template lit<R"(,"parent_remote":true)">();
  write_status(draft);
  write_events(draft);
  write_some_links<R"(,"links":[)">(draft, kMaxLinks, trace::kMaxLinks);
  if (record.dropped_count() > 0) {
    draft.out.template lit<R"(,"dropped":)">();
    draft.out.integer(static_cast<std::int64_t>(record.dropped_count()));
  }
  if (draft.limits.reduced()) draft.out.template lit<R"(,"truncated":true)">();
  draft.out.template lit<"}">();
  const auto attributes = draft.template open<R"(,"default":)">();
  write_attributes(draft, [&](auto&& f) {
    std::uint64_t bit = 1;
    record.for_each_attribute([&](const trace::Attribute& a) {
      const bool held = (draft.fields.held & bit) != 0;
      bit <<= 1;
      if (!held) f(a);
    });
  });
  if (record.resource != nullptr && draft.fields.segment) write_resource(draft);
  draft.close(attributes);
  draft.out.template lit<"}">();
}

template <class Writer>
void write_links(Draft<Writer>& draft) {
  write_some_links<R"(,"links":[)">(draft, 0, kMaxLinks);
}

template void write_annotations(Draft<core::JsonWriter>& draft);
template void write_annotations(Draft<core::NestedJsonWriter>& draft);
template void write_metadata(Draft<core::JsonWriter>& draft);
template void write_metadata(Draft<core::NestedJsonWriter>& draft);
template void write_links(Draft<core::JsonWriter>& draft);
template void write_links(Draft<core::NestedJsonWriter>& draft);

}  // namespace spawn::xray
