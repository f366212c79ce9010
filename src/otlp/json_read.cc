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

// What collectors and programs from before 2022 write for scopeSpans and scope.
// https://github.com/open-telemetry/opentelemetry-proto/releases/tag/v0.15.0
constexpr std::string_view kOlderScopes = "instrumentationLibrarySpans";
constexpr std::string_view kOlderScope = "instrumentationLibrary";

class RequestReader {
 public:
  explicit RequestReader(trace::SpanSet& set) : set_(set), resources_(set.resources) {}

  void read(const Json& request) {
    FieldReader fields(request);
    for (const Json& of_resource : fields.list("resourceSpans")) {
      read_resource(of_resource);
      where_ = {where_.resource + 1};
    }
  }

 private:
  void read_resource(const Json& of_resource) {
    Attributes about;
    if (const Json* resource = field(of_resource, "resource")) {
      leave_out_what_is_wrong(FieldReader(*resource), ".resource");
      about = attributes_of(*resource);
    }
    const trace::Resource* resource = resources_.get(to_resource(about));
    const bool older =
        field(of_resource, where_.scopes) == nullptr && field(of_resource, kOlderScopes) != nullptr;
    if (older) where_.scopes = kOlderScopes;
    FieldReader fields(of_resource);
    const Json::Array& scopes = fields.list(where_.scopes);
    refuse_what_is_wrong(fields);
    for (std::size_t i = 0; i < scopes.size(); ++i) {
      where_.scope = i;
      read_scope(scopes[i], older ? kOlderScope : "scope", resource);
    }
  }

  void read_scope(const Json& of_scope, std::string_view name, const trace::Resource* resource) {
    ScopeMessage scope;
    where_.span.reset();
    if (const Json* about = field(of_scope, name)) {
      FieldReader fields(*about);
      fields.text("name", scope.name);
      fields.text("version", scope.version);
      leave_out_what_is_wrong(fields, fmt::format(".{}", name));
      scope.attributes = attributes_of(*about);
    }
    FieldReader fields(of_scope);
    const Json::Array& spans = fields.list("spans");
    refuse_what_is_wrong(fields);
    for (std::size_t i = 0; i < spans.size(); ++i) {
      where_.span = i;
      if (auto span = read_span(spans[i])) {
        add_span(*span, scope, resource, where_, set_);
      } else {
        refuse_span(where_, spans[i].text_at("name"), span.error().message, set_);
      }
    }
  }

  void leave_out_what_is_wrong(const FieldReader& fields, std::string_view inside) {
    if (fields.problem().empty()) return;
    const std::string place = where_.to_string() + std::string(inside);
    set_.add_problem(core::visible(fields.problem_of(place) + "; it was left out"));
  }
  // Of what holds spans: how many, nobody knows, so it counts as one.
  void refuse_what_is_wrong(const FieldReader& fields) {
    if (!fields.problem().empty()) ++set_.refused;
    leave_out_what_is_wrong(fields, {});
  }

  Result<SpanMessage> read_span(const Json& json) {
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
    read_events(span, fields);
    read_links(span, fields);
    if (!fields.problem().empty()) {
      return core::fail(core::Code::invalid_argument, fields.problem());
    }
    span.attributes = attributes_of(json);
    return span;
  }

  void read_events(SpanMessage& span, FieldReader& fields) {
    for (const Json& one : fields.list("events")) {
      EventMessage event;
      FieldReader of_event(one);
      of_event.number("timeUnixNano", event.time_ns);
      of_event.text("name", event.name);
      fields.take_problem_of(of_event, fmt::format("events[{}]", span.events.size()));
      event.attributes = attributes_of(one);
      span.events.push_back(std::move(event));
    }
  }

  void read_links(SpanMessage& span, FieldReader& fields) {
    for (const Json& one : fields.list("links")) {
      LinkMessage link;
      FieldReader of_link(one);
      of_link.id("traceId", link.trace_id);
      of_link.id("spanId", link.span_id);
      of_link.text("traceState", link.trace_state);
      of_link.number("flags", link.flags);
      fields.take_problem_of(of_link, fmt::format("links[{}]", span.links.size()));
      link.attributes = attributes_of(one);
      span.links.push_back(std::move(link));
    }
  }

  // What cannot be read is named and left out; its owner stays. That the owner is no object has
  // been said.
  Attributes attributes_of(const Json& owner) {
    Attributes attributes;
    if (owner.object() == nullptr) return attributes;
    FieldReader fields(owner);
    const Json::Array& list = fields.list("attributes");
    leave_out_what_is_wrong(fields, {});
    for (std::size_t i = 0; i < list.size(); ++i) {
      auto read = read_attribute(list[i]);
      if (read) {
        attributes.push_back(std::move(*read));
        continue;
      }
      const std::string_view key = list[i].text_at("key");
      const std::string which = key.empty()
                                    ? fmt::format("attributes[{}]", i)
                                    : fmt::format("the attribute '{}'", core::utf8_prefix(key, 60));
      set_.add_problem(core::visible(
          fmt::format("{}: {} was left out: {}", where_.to_string(), which, read.error().message)));
    }
    return attributes;
  }

  static Result<Attributes::value_type> read_attribute(const Json& json) {
    FieldReader fields(json);
    Attributes::value_type attribute;
    fields.text("key", attribute.first);
    if (!fields.problem().empty())
      return core::fail(core::Code::invalid_argument, fields.problem());
    const Json* any = field(json, "value");
    if (any == nullptr) return attribute;  // no value at all is allowed, and says nothing
    auto value = plain_value(*any);
    if (!value) return core::fail(std::move(value.error()));
    if (attribute.first.empty()) {
      return core::fail(core::Code::invalid_argument, "key: it is missing or empty");
    }
    attribute.second = std::move(*value);
    return attribute;
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
  if (const Json* list = field(*json, "resourceSpans");
      list != nullptr && list->array() == nullptr) {
    return core::fail(core::Code::invalid_argument,
                      "no OTLP traces: its 'resourceSpans' is no list");
  }
  RequestReader(set).read(*json);
  return core::ok();
}

}  // namespace spawn::otlp
