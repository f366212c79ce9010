// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
#include "otlp/protobuf_read.h"

#include <fmt/format.h>

#include <optional>
#include <protozero/exception.hpp>
#include <protozero/pbf_reader.hpp>
#include <string>
#include <utility>
#include <vector>

#include "core/text.h"
#include "otlp/base64.h"
#include "otlp/message.h"
#include "otlp/protobuf_fields.h"
#include "trace/resource_pool.h"

namespace spawn::otlp {
namespace {

using core::Json;
using protozero::data_view;
using protozero::pbf_reader;
using protozero::pbf_wire_type;
using tag::Tag;

// protozero throws when bytes are broken; read_span() and read_protobuf() catch.
constexpr std::string_view kBroken = "its bytes are no protobuf";

// For switch: a field counts only with its own wire type (protozero asserts it).
constexpr std::uint32_t bytes_field(Tag tag) {
  return protozero::tag_and_type(tag, pbf_wire_type::length_delimited);
}
constexpr std::uint32_t varint_field(Tag tag) {
  return protozero::tag_and_type(tag, pbf_wire_type::varint);
}
constexpr std::uint32_t fixed64_field(Tag tag) {
  return protozero::tag_and_type(tag, pbf_wire_type::fixed64);
}
constexpr std::uint32_t fixed32_field(Tag tag) {
  return protozero::tag_and_type(tag, pbf_wire_type::fixed32);
}

std::string text_of(pbf_reader& in) { return core::repair_utf8(in.get_string()); }

std::uint64_t big_endian(const char* from) {
  std::uint64_t value = 0;
  for (int i = 0; i < 8; ++i) value = value << 8 | static_cast<unsigned char>(from[i]);
  return value;
}
// An id of another length is as good as none; a span's own are asked for in add_span().
trace::TraceId trace_id_of(pbf_reader& in) {
  const data_view bytes = in.get_view();
  if (bytes.size() != 16) return {};
  return {big_endian(bytes.data()), big_endian(bytes.data() + 8)};
}
trace::SpanId span_id_of(pbf_reader& in) {
  const data_view bytes = in.get_view();
  if (bytes.size() != 8) return {};
  return {big_endian(bytes.data())};
}

// Nothing when it is nested too deep.
std::optional<Json> read_value(pbf_reader in, int depth);

std::optional<std::pair<std::string, Json>> read_pair(pbf_reader in, int depth) {
  std::pair<std::string, Json> pair;
  while (in.next()) {
    switch (in.tag_and_type()) {
      case bytes_field(tag::kKeyValueKey):
        pair.first = text_of(in);
        break;
      case bytes_field(tag::kKeyValueValue): {
        auto value = read_value(in.get_message(), depth);
        if (!value) return std::nullopt;
        pair.second = std::move(*value);
        break;
      }
      default:
        in.skip();
    }
  }
  return pair;
}

std::optional<Json> read_list(pbf_reader in, int depth) {
  Json::Array values;
  while (in.next(tag::kValues, pbf_wire_type::length_delimited)) {
    auto value = read_value(in.get_message(), depth);
    if (!value) return std::nullopt;
    values.push_back(std::move(*value));
  }
  return Json(std::move(values));
}

std::optional<Json> read_object(pbf_reader in, int depth) {
  Json::Object members;
  while (in.next(tag::kValues, pbf_wire_type::length_delimited)) {
    auto pair = read_pair(in.get_message(), depth);
    if (!pair) return std::nullopt;
    members.push_back(std::move(*pair));
  }
  return Json(std::move(members));
}

std::optional<Json> read_value(pbf_reader in, int depth) {
  if (depth >= kMaxValueDepth) return std::nullopt;
  std::optional<Json> value = Json();
  while (value && in.next()) {
    switch (in.tag_and_type()) {
      case bytes_field(tag::kAnyString):
        value = Json(text_of(in));
        break;
      case varint_field(tag::kAnyBool):
        value = Json(in.get_bool());
        break;
      case varint_field(tag::kAnyInt):
        value = Json(std::int64_t{in.get_int64()});
        break;
      case fixed64_field(tag::kAnyDouble):
        value = Json(in.get_double());
        break;
      case bytes_field(tag::kAnyBytes):
        value = Json(base64(in.get_string()));
        break;
      case bytes_field(tag::kAnyArray):
        value = read_list(in.get_message(), depth + 1);
        break;
      case bytes_field(tag::kAnyList):
        value = read_object(in.get_message(), depth + 1);
        break;
      default:
        in.skip();
    }
  }
  return value;
}

class RequestReader {
 public:
  explicit RequestReader(trace::SpanSet& set) : set_(set), resources_(set.resources) {}

  void read(pbf_reader request) {
    while (request.next(tag::kRequestResourceSpans, pbf_wire_type::length_delimited)) {
      read_resource_spans(request.get_message());
      ++where_.resource;
    }
  }
  [[nodiscard]] const Where& where() const { return where_; }

 private:
  // Fields come in any order, so who made the spans is known only at the end of them.
  void read_resource_spans(pbf_reader in) {
    where_.scope.reset();
    where_.span.reset();
    Attributes about;
    std::vector<data_view> scopes;
    while (in.next()) {
      switch (in.tag_and_type()) {
        case bytes_field(tag::kResourceSpansResource): {
          pbf_reader resource = in.get_message();
          while (resource.next(tag::kResourceAttributes, pbf_wire_type::length_delimited)) {
            add_attribute(resource.get_message(), about);
          }
          break;
        }
        case bytes_field(tag::kResourceSpansScopeSpans):
          scopes.push_back(in.get_view());
          break;
        default:
          in.skip();
      }
    }
    const trace::Resource* resource = resources_.get(to_resource(about));
    for (std::size_t i = 0; i < scopes.size(); ++i) {
      where_.scope = i;
      where_.span.reset();
      read_scope_spans(pbf_reader(scopes[i]), resource);
    }
  }

  void read_scope_spans(pbf_reader in, const trace::Resource* resource) {
    ScopeMessage scope;
    std::vector<data_view> spans;
    while (in.next()) {
      switch (in.tag_and_type()) {
        case bytes_field(tag::kScopeSpansScope):
          scope = read_scope(in.get_message());
          break;
        case bytes_field(tag::kScopeSpansSpans):
          spans.push_back(in.get_view());
          break;
        default:
          in.skip();
      }
    }
    for (std::size_t i = 0; i < spans.size(); ++i) {
      where_.span = i;
      read_span(spans[i], scope, resource);
    }
  }

  ScopeMessage read_scope(pbf_reader in) {
    ScopeMessage scope;
    while (in.next()) {
      switch (in.tag_and_type()) {
        case bytes_field(tag::kScopeName):
          scope.name = text_of(in);
          break;
        case bytes_field(tag::kScopeVersion):
          scope.version = text_of(in);
          break;
        case bytes_field(tag::kScopeAttributes):
          add_attribute(in.get_message(), scope.attributes);
          break;
        default:
          in.skip();
      }
    }
    return scope;
  }

  void read_span(const data_view& bytes, const ScopeMessage& scope,
                 const trace::Resource* resource) {
    SpanMessage span;
    try {
      fill_span(pbf_reader(bytes), span);
    } catch (const protozero::exception&) {
      return refuse_span(where_, span.name, kBroken, set_);
    }
    add_span(span, scope, resource, where_, set_);
  }

  void fill_span(pbf_reader in, SpanMessage& span) {
    while (in.next()) {
      if (!read_plain_field(in, span)) read_inner_message(in, span);
    }
  }

  static bool read_plain_field(pbf_reader& in, SpanMessage& span) {
    switch (in.tag_and_type()) {
      case bytes_field(tag::kSpanTraceId):
        span.trace_id = trace_id_of(in);
        return true;
      case bytes_field(tag::kSpanSpanId):
        span.span_id = span_id_of(in);
        return true;
      case bytes_field(tag::kSpanParentSpanId):
        span.parent_id = span_id_of(in);
        return true;
      case bytes_field(tag::kSpanTraceState):
        span.trace_state = text_of(in);
        return true;
      case bytes_field(tag::kSpanName):
        span.name = text_of(in);
        return true;
      case varint_field(tag::kSpanKind):
        span.kind = in.get_enum();
        return true;
      case fixed64_field(tag::kSpanStart):
        span.start_ns = in.get_fixed64();
        return true;
      case fixed64_field(tag::kSpanEnd):
        span.end_ns = in.get_fixed64();
        return true;
      case varint_field(tag::kSpanDroppedAttributes):
        span.dropped_attributes = in.get_uint32();
        return true;
      case varint_field(tag::kSpanDroppedEvents):
        span.dropped_events = in.get_uint32();
        return true;
      case varint_field(tag::kSpanDroppedLinks):
        span.dropped_links = in.get_uint32();
        return true;
      case fixed32_field(tag::kSpanFlags):
        span.flags = in.get_fixed32();
        return true;
      default:
        return false;
    }
  }

  void read_inner_message(pbf_reader& in, SpanMessage& span) {
    switch (in.tag_and_type()) {
      case bytes_field(tag::kSpanAttributes):
        return add_attribute(in.get_message(), span.attributes);
      case bytes_field(tag::kSpanEvents):
        return span.events.push_back(read_event(in.get_message()));
      case bytes_field(tag::kSpanLinks):
        return span.links.push_back(read_link(in.get_message()));
      case bytes_field(tag::kSpanStatus):
        return read_status(in.get_message(), span);
      default:
        in.skip();
    }
  }

  static void read_status(pbf_reader in, SpanMessage& span) {
    while (in.next()) {
      switch (in.tag_and_type()) {
        case bytes_field(tag::kStatusMessage):
          span.status_message = text_of(in);
          break;
        case varint_field(tag::kStatusCode):
          span.status_code = in.get_enum();
          break;
        default:
          in.skip();
      }
    }
  }

  EventMessage read_event(pbf_reader in) {
    EventMessage event;
    while (in.next()) {
      switch (in.tag_and_type()) {
        case fixed64_field(tag::kEventTime):
          event.time_ns = in.get_fixed64();
          break;
        case bytes_field(tag::kEventName):
          event.name = text_of(in);
          break;
        case bytes_field(tag::kEventAttributes):
          add_attribute(in.get_message(), event.attributes);
          break;
        default:
          in.skip();
      }
    }
    return event;
  }

  LinkMessage read_link(pbf_reader in) {
    LinkMessage link;
    while (in.next()) {
      switch (in.tag_and_type()) {
        case bytes_field(tag::kLinkTraceId):
          link.trace_id = trace_id_of(in);
          break;
        case bytes_field(tag::kLinkSpanId):
          link.span_id = span_id_of(in);
          break;
        case bytes_field(tag::kLinkTraceState):
          link.trace_state = text_of(in);
          break;
        case bytes_field(tag::kLinkAttributes):
          add_attribute(in.get_message(), link.attributes);
          break;
        case fixed32_field(tag::kLinkFlags):
          link.flags = in.get_fixed32();
          break;
        default:
          in.skip();
      }
    }
    return link;
  }

  void add_attribute(pbf_reader in, Attributes& to) {
    auto pair = read_pair(in, 0);
    if (!pair) {
      leave_out(fmt::format("its values are nested deeper than {}", kMaxValueDepth));
    } else if (pair->first.empty() && !pair->second.is_null()) {
      leave_out("its key is missing or empty");
    } else {
      to.push_back(std::move(*pair));
    }
  }
  void leave_out(const std::string& why) {
    set_.add_problem(fmt::format("{}: an attribute was left out: {}", where_.to_string(), why));
  }

  trace::SpanSet& set_;
  trace::ResourcePool resources_;
  Where where_;
};

}  // namespace

core::Status read_protobuf(std::string_view bytes, trace::SpanSet& set) {
  RequestReader reader(set);
  try {
    reader.read(pbf_reader(bytes.data(), bytes.size()));
    return core::ok();
  } catch (const protozero::exception&) {
    return core::fail(
        core::Code::invalid_argument,
        fmt::format("no OTLP protobuf: broken after resourceSpans[{}]", reader.where().resource));
  }
}

}  // namespace spawn::otlp
