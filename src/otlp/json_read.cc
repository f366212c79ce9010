// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
#include "otlp/json_read.h"

#include <fmt/format.h>

#include <array>
#include <limits>
#include <optional>
#include <string>
#include <utility>

#include "core/json.h"
#include "core/text.h"
#include "otlp/json_fields.h"
#include "otlp/message.h"
#include "trace/resource_pool.h"

namespace spawn::otlp {
namespace {

using core::Json;
using core::Result;

// Deep enough for kMaxValueDepth values inside each other, at four levels of JSON each.
constexpr int kMaxJsonDepth = 160;

constexpr std::array<std::string_view, 6> kKinds = {"SPAN_KIND_UNSPECIFIED", "SPAN_KIND_INTERNAL",
                                                    "SPAN_KIND_SERVER",      "SPAN_KIND_CLIENT",
                                                    "SPAN_KIND_PRODUCER",    "SPAN_KIND_CONSUMER"};
constexpr std::array<std::string_view, 3> kStatusCodes = {"STATUS_CODE_UNSET", "STATUS_CODE_OK",
                                                          "STATUS_CODE_ERROR"};

class RequestReader {
 public:
  explicit RequestReader(trace::SpanSet& set) : set_(set), resources_(set.resources) {}

  void read(const Json& request) {
    where_.resource = 0;
    for_each_of(request, "resourceSpans", [&](const Json& of_resource) {
      const Json* about = field(of_resource, "resource");
      const trace::Resource* resource =
          resources_.get(to_resource(about != nullptr ? attributes_of(*about) : Attributes()));
      where_.scope = 0;
      for_each_of(of_resource, "scopeSpans", [&](const Json& of_scope) {
        read_scope(of_scope, resource);
        ++where_.scope;
      });
      ++where_.resource;
    });
  }

 private:
  void read_scope(const Json& of_scope, const trace::Resource* resource) {
    ScopeMessage scope;
    if (const Json* about = field(of_scope, "scope")) {
      scope.name = about->text_at("name");
      scope.version = about->text_at("version");
      scope.attributes = attributes_of(*about);
    }
    where_.span = 0;
    for_each_of(of_scope, "spans", [&](const Json& json) {
      auto span = read_span(json);
      if (span) {
        add_span(*span, scope, resource, where_, set_);
      } else {
        refuse_span(where_, json.text_at("name"), span.error().message, set_);
      }
      ++where_.span;
    });
  }

  Result<SpanMessage> read_span(const Json& json) {
    if (json.object() == nullptr) {
      return core::fail(core::Code::invalid_argument, "it is no JSON object");
    }
    SpanMessage span;
    FieldReader fields(json);
    fields.id("traceId", span.trace_id);
    fields.id("spanId", span.span_id);
    fields.id("parentSpanId", span.parent_id);
    fields.number("flags", span.flags);
    fields.text("traceState", span.trace_state);
    fields.text("name", span.name);
    fields.enumeration("kind", kKinds, span.kind);
    fields.number("startTimeUnixNano", span.start_ns);
    fields.number("endTimeUnixNano", span.end_ns);
    fields.number("droppedAttributesCount", span.dropped_attributes);
    fields.number("droppedEventsCount", span.dropped_events);
    fields.number("droppedLinksCount", span.dropped_links);
    if (const Json* status = field(json, "status")) {
      FieldReader of_status(*status);
      of_status.enumeration("code", kStatusCodes, span.status_code);
      of_status.text("message", span.status_message);
      fields.take_problem_of(of_status, "status");
    }
    read_events(json, span, fields);
    read_links(json, span, fields);
    if (!fields.problem().empty()) {
      return core::fail(core::Code::invalid_argument, fields.problem());
    }
    span.attributes = attributes_of(json);
    return span;
  }

  void read_events(const Json& json, SpanMessage& span, FieldReader& fields) {
    for_each_of(json, "events", [&](const Json& one) {
      EventMessage event;
      FieldReader of_event(one);
      of_event.number("timeUnixNano", event.time_ns);
      of_event.text("name", event.name);
      fields.take_problem_of(of_event, fmt::format("events[{}]", span.events.size()));
      event.attributes = attributes_of(one);
      span.events.push_back(std::move(event));
    });
  }

  void read_links(const Json& json, SpanMessage& span, FieldReader& fields) {
    for_each_of(json, "links", [&](const Json& one) {
      LinkMessage link;
      FieldReader of_link(one);
      of_link.id("traceId", link.trace_id);
      of_link.id("spanId", link.span_id);
      of_link.text("traceState", link.trace_state);
      of_link.number("flags", link.flags);
      fields.take_problem_of(of_link, fmt::format("links[{}]", span.links.size()));
      link.attributes = attributes_of(one);
      span.links.push_back(std::move(link));
    });
  }

  // A value that cannot be read is named and left out; its span stays.
  Attributes attributes_of(const Json& json) {
    Attributes attributes;
    for_each_of(json, "attributes", [&](const Json& one) {
      const std::string_view key = one.text_at("key");
      const Json* any = field(one, "value");
      if (any == nullptr) return;  // no value at all is allowed, and says nothing
      auto value = plain_value(*any);
      if (!value) {
        return set_.add_problem(
            core::visible(fmt::format("{}: the attribute '{}' was left out: {}", where_.to_string(),
                                      core::utf8_prefix(key, 60), value.error().message)));
      }
      attributes.emplace_back(key, std::move(*value));
    });
    return attributes;
  }

  trace::SpanSet& set_;
  trace::ResourcePool resources_;
  Where where_;
};

}  // namespace

core::Status read_json(std::string_view text, trace::SpanSet& set) {
  const auto json = Json::parse(text, kMaxJsonDepth);
  if (!json) return core::fail(json.error());
  const Json::Object* object = json->object();
  if (object == nullptr || (!object->empty() && field(*json, "resourceSpans") == nullptr)) {
    return core::fail(core::Code::invalid_argument, "no OTLP traces: it has no 'resourceSpans'");
  }
  RequestReader(set).read(*json);
  return core::ok();
}

}  // namespace spawn::otlp
