// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
#include "otlp/message.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>

#include "core/text.h"
#include "otlp/record_fields.h"
#include "trace/json_value.h"

namespace spawn::otlp {
namespace {

using trace::SpanRecord;

std::string_view missing_part(const SpanMessage& span) {
  if (!span.trace_id.valid()) return "traceId is missing or zero";
  if (!span.span_id.valid()) return "spanId is missing or zero";
  if (span.start_ns == 0) return "startTimeUnixNano is missing";
  if (span.start_ns > INT64_MAX || span.end_ns > INT64_MAX) {
    return "its time is after the year 2262";
  }
  return {};
}

// 0 is "unspecified", which readers are told to take for internal.
trace::SpanKind kind_of(std::int64_t kind) {
  return kind >= 1 && kind <= 5 ? static_cast<trace::SpanKind>(kind - 1)
                                : trace::SpanKind::internal;
}

trace::StatusCode status_of(std::int64_t code) {
  return code == 1 || code == 2 ? static_cast<trace::StatusCode>(code) : trace::StatusCode::unset;
}

bool is_remote(std::uint32_t flags) {
  return (flags & kHasIsRemote) != 0 && (flags & kIsRemote) != 0;
}

void set_all(const Attributes& attributes, SpanRecord& record) {
  for (const auto& [key, json] : attributes) {
    if (const auto value = trace::to_attribute_value(json)) record.set(key, *value);
  }
}
void set_all_on_last(const Attributes& attributes, SpanRecord& record) {
  for (const auto& [key, json] : attributes) {
    if (const auto value = trace::to_attribute_value(json)) record.set_on_last(key, *value);
  }
}

// First, so that a span with more attributes than we keep still has them.
void set_fields(const SpanMessage& span, const ScopeMessage& scope, SpanRecord& record) {
  if (!scope.name.empty()) record.set(kScopeName, scope.name);
  if (!scope.version.empty()) record.set(kScopeVersion, scope.version);
  if (!span.trace_state.empty()) record.set(kTraceState, span.trace_state);
  const auto set_count = [&](std::string_view key, std::uint32_t count) {
    if (count > 0) record.set(key, std::int64_t{count});
  };
  set_count(kDroppedAttributes, span.dropped_attributes);
  set_count(kDroppedEvents, span.dropped_events);
  set_count(kDroppedLinks, span.dropped_links);
  for (const auto& [key, json] : scope.attributes) {
    if (const auto value = trace::to_attribute_value(json)) record.set("otel.scope." + key, *value);
  }
}

void add_events_and_links(const SpanMessage& span, SpanRecord& record) {
  for (const EventMessage& event : span.events) {
    const bool good = event.time_ns > 0 && event.time_ns <= INT64_MAX;
    record.add_event(event.name, good ? static_cast<std::int64_t>(event.time_ns) : record.start_ns);
    set_all_on_last(event.attributes, record);
  }
  for (const LinkMessage& link : span.links) {
    record.add_link({link.trace_id, link.span_id, static_cast<std::uint8_t>(link.flags & 0xFF),
                     is_remote(link.flags)});
    if (!link.trace_state.empty()) record.set_on_last(kTraceState, link.trace_state);
    set_all_on_last(link.attributes, record);
  }
}

}  // namespace

std::string Where::to_string() const {
  std::string place = fmt::format("resourceSpans[{}]", resource);
  if (scope) place += fmt::format(".{}[{}]", scopes, *scope);
  if (span) place += fmt::format(".spans[{}]", *span);
  return place;
}

void refuse_span(const Where& where, std::string_view name, std::string_view what,
                 trace::SpanSet& set) {
  ++set.refused;
  constexpr std::size_t kShown = 60;
  std::string which = where.to_string();
  if (!name.empty()) which += fmt::format(" '{}'", core::utf8_prefix(name, kShown));
  set.add_problem(core::visible(fmt::format("{}: {}; the span was left out", which, what)));
}

void add_span(const SpanMessage& span, const ScopeMessage& scope, const trace::Resource* resource,
              const Where& where, trace::SpanSet& set) {
  if (const auto missing = missing_part(span); !missing.empty()) {
    return refuse_span(where, span.name, missing, set);
  }
  if (set.spans.size() >= set.max_spans) {
    return refuse_span(where, span.name, fmt::format("there are more than {}", set.max_spans), set);
  }
  SpanRecord record;
  record.trace_id = span.trace_id;
  record.span_id = span.span_id;
  record.parent_id = span.parent_id;
  record.resource = resource;
  record.kind = kind_of(span.kind);
  record.flags = static_cast<std::uint8_t>(span.flags & 0xFF);
  record.parent_remote = is_remote(span.flags);
  record.start_ns = static_cast<std::int64_t>(span.start_ns);
  record.in_progress = span.end_ns == 0;
  record.end_ns = std::max(record.start_ns, static_cast<std::int64_t>(span.end_ns));
  record.set_name(span.name);
  record.set_status(status_of(span.status_code), span.status_message);
  set_fields(span, scope, record);
  set_all(span.attributes, record);
  add_events_and_links(span, record);
  set.spans.push_back(std::move(record));
}

trace::Resource to_resource(const Attributes& attributes) {
  trace::Resource resource;
  for (const auto& [key, json] : attributes) {
    if (resource.attributes().size() >= trace::kMaxAttributes) break;
    if (auto value = trace::to_attribute_value(json)) resource.set(key, *std::move(value));
  }
  return resource;
}

}  // namespace spawn::otlp
