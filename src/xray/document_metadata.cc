// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
//
// What is only kept. metadata.default holds the attributes that no other block has in full;
// metadata.spawn what else it takes to make the span again (to_span.cc); aws.xray.metadata.NAME is
// a namespace of its own.
#include <algorithm>
#include <string>
#include <type_traits>
#include <utility>
#include <variant>

#include "core/json.h"
#include "trace/secrets.h"
#include "xray/document_items.h"
#include "xray/draft.h"

namespace spawn::xray {
namespace {

template <class Writer>
void write_owned(Draft<Writer>& draft, const trace::OwnedValue& owned) {
  const auto one = [&](const auto& value) {
    using T = std::decay_t<decltype(value)>;
    if constexpr (std::is_same_v<T, std::string>) {
      draft.whole(value);
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
  const auto& attributes = draft.record.resource->attributes();
  const std::size_t max = std::min(draft.limits.text, trace::kMaxKeyBytes);
  const auto for_each_key = [&](auto&& f) {
    for (const auto& [name, value] : attributes) f(std::string_view(name));
  };
  std::size_t count = 0;
  for (const auto& [name, value] : attributes) {
    if (name.size() > max && is_taken(name, max, for_each_key)) [[unlikely]] {
      continue;
    }
    if (count++ >= draft.limits.items) return;
    if (name.empty()) [[unlikely]] {
      draft.out.template lit<R"(,"otel.resource.")">();
    } else {
      draft.template member<R"(,"otel.resource.)">(name, trace::kMaxKeyBytes);
    }
    draft.out.template lit<":">();
    write_owned(draft, value);
  }
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
    draft.whole(event.name);
    draft.out.template lit<R"(,"time":)">();
    draft.time(event.time_ns);
    const auto attributes = draft.template open<R"(,"attributes":)">();
    write_attributes(draft, [&](auto&& f) { draft.record.for_each_attribute_of(event, f); });
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
  draft.whole(message);
}

// What to_span.cc must not take from the blocks, since the span did not have it.
template <class Writer>
void write_derived(Draft<Writer>& draft) {
  if (draft.derived == 0) return;
  draft.out.template lit<R"(,"derived":[)">();
  bool first = true;
  const auto write = [&](const Member& member) {
    if ((draft.derived & Fields::bit(member.field)) == 0) return;
    if (!std::exchange(first, false)) draft.out.template lit<",">();
    draft.quoted(member.attribute);
  };
  for (const Member& member : kMembers) write(member);
  for (const Member& member : kOtherMembers) write(member);
  draft.out.template lit<"]">();
}

// "aws.xray.metadata.NAME" = a JSON object → ,"NAME":{…}. False when it has to stay an attribute.
template <class Writer>
bool write_space(Draft<Writer>& draft, const trace::Attribute& a) {
  const std::string_view name = a.key.substr(std::string_view("aws.xray.metadata.").size());
  // AWS keeps keys that begin with AWS. for itself.
  if (name == "default" || name == "spawn" || name.starts_with("AWS.")) return false;
  if (a.value.type() != trace::ValueType::string) return false;
  if (a.value.string().size() > draft.limits.text) return false;
  const auto json = core::Json::parse(a.value.string());
  if (!json || json->object() == nullptr) return false;
  draft.out.template lit<",\"">();
  draft.out.string_body(name);
  draft.out.template lit<"\":">();
  const std::string text = json->to_text();
  if constexpr (std::is_same_v<Writer, core::NestedJsonWriter>) {
    core::JsonWriter(draft.out.buffer()).string_body(text);
  } else {
    draft.out.plain(text);
  }
  return true;
}

// All namespaces; the bits of the attributes that are one.
template <class Writer>
std::uint64_t write_spaces(Draft<Writer>& draft) {
  std::uint64_t written = 0;
  std::uint64_t bit = 1;
  std::size_t count = 0;
  draft.record.for_each_attribute([&](const trace::Attribute& a) {
    if ((draft.fields.spaces & bit) != 0 && count < draft.limits.items && write_space(draft, a)) {
      written |= bit;
      ++count;
    }
    bit <<= 1;
  });
  return written;
}

// Those that the default namespace would say of the resource.
template <class Writer>
[[gnu::noinline]] void write_like_resource(Draft<Writer>& draft) {
  const auto attributes = draft.template open<R"(,"attributes":)">();
  write_attributes(draft, [&](auto&& f) {
    draft.record.for_each_attribute([&](const trace::Attribute& a) {
      if (a.key.starts_with(kResourcePrefix)) f(a);
    });
  });
  draft.close(attributes);
}

// The attributes that are nowhere else.
template <class Writer>
void write_default(Draft<Writer>& draft, std::uint64_t elsewhere) {
  const auto attributes = draft.template open<R"(,"default":)">();
  write_attributes(draft, [&](auto&& f) {
    std::uint64_t bit = 1;
    draft.record.for_each_attribute([&](const trace::Attribute& a) {
      const bool held = (elsewhere & bit) != 0;
      const bool delicate = (draft.fields.delicate & bit) != 0;
      bit <<= 1;
      if (held) return;
      if (draft.fields.like_resource && a.key.starts_with(kResourcePrefix)) return;
      if (delicate && a.value.type() == trace::ValueType::string) [[unlikely]] {
        std::string storage;
        f({a.key,
           {trace::ValueType::string, trace::address_without_secrets(a.value.string(), storage)}});
        return;
      }
      f(a);
    });
  });
  if (draft.record.resource != nullptr && draft.segment) write_resource(draft);
  draft.close(attributes);
}

}  // namespace

template <class Writer>
void write_metadata(Draft<Writer>& draft) {
  const trace::SpanRecord& record = draft.record;
  draft.out.template lit<R"(,"metadata":{"spawn":{"name":)">();
  draft.whole(record.name());
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
  write_derived(draft);
  if (draft.fields.like_resource) [[unlikely]] {
    write_like_resource(draft);
  }
  draft.out.template lit<"}">();
  const std::uint64_t spaces = draft.fields.spaces == 0 ? 0 : write_spaces(draft);
  write_default(draft, draft.fields.held | spaces);
  draft.out.template lit<"}">();
}

template <class Writer>
void write_wrapper_metadata(Draft<Writer>& draft) {
  draft.out.template lit<R"(,"metadata":{"spawn":{"around":")">();
  draft.span_id(draft.record.span_id);
  draft.out.template lit<"\"}">();
  const auto resource = draft.template open<R"(,"default":)">();
  if (draft.record.resource != nullptr) write_resource(draft);
  draft.close(resource);
  draft.out.template lit<"}">();
}

template void write_metadata(Draft<core::JsonWriter>& draft);
template void write_metadata(Draft<core::NestedJsonWriter>& draft);
template void write_wrapper_metadata(Draft<core::JsonWriter>& draft);
template void write_wrapper_metadata(Draft<core::NestedJsonWriter>& draft);

}  // namespace spawn::xray
