// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
//
// A span as OTLP says it, between its two encodings and SpanRecord: json_read.cc and
// protobuf_read.cc fill it, add_span() makes the record and checks what every encoding must keep.
// What a SpanRecord has no field for becomes an attribute, by the names of OpenTelemetry's mapping
// to other formats (https://opentelemetry.io/docs/specs/otel/common/mapping-to-non-otlp/);
// record_fields.h turns them into fields again. Messages:
// https://github.com/open-telemetry/opentelemetry-proto, v1.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/json.h"
#include "trace/format.h"
#include "trace/ids.h"

namespace spawn::otlp {

// Values as plain JSON: bytes are base64 text, a key-value list is an object.
using Attributes = std::vector<std::pair<std::string, core::Json>>;

// A value inside a value inside…: deeper is refused, since reading recurses.
inline constexpr int kMaxValueDepth = 32;

struct ScopeMessage {
  std::string name;
  std::string version;
  Attributes attributes;
};

struct EventMessage {
  std::uint64_t time_ns = 0;
  std::string name;
  Attributes attributes;
};

struct LinkMessage {
  trace::TraceId trace_id;
  trace::SpanId span_id;
  std::string trace_state;
  std::uint32_t flags = 0;
  Attributes attributes;
};

struct SpanMessage {
  trace::TraceId trace_id;
  trace::SpanId span_id;
  trace::SpanId parent_id;
  std::uint32_t flags = 0;
  std::string trace_state;
  std::string name;
  std::int64_t kind = 0;
  std::uint64_t start_ns = 0;
  std::uint64_t end_ns = 0;
  Attributes attributes;
  std::vector<EventMessage> events;
  std::vector<LinkMessage> links;
  std::uint32_t dropped_attributes = 0;
  std::uint32_t dropped_events = 0;
  std::uint32_t dropped_links = 0;
  std::int64_t status_code = 0;
  std::string status_message;
};

// Where in a request something was, for people; of a resource or a scope itself without the rest.
struct Where {
  std::size_t resource = 0;
  std::string_view scopes = "scopeSpans";  // as the request calls them
  std::optional<std::size_t> scope{};
  std::optional<std::size_t> span{};

  // "resourceSpans[0].scopeSpans[1].spans[2]"
  [[nodiscard]] std::string to_string() const;
};

// The record, with everything that could be kept; or, when an id or the start is missing, a problem
// at `where`. `resource` belongs to `set`.
void add_span(const SpanMessage& span, const ScopeMessage& scope, const trace::Resource* resource,
              const Where& where, trace::SpanSet& set);
// A span that was not even read as far as add_span().
void refuse_span(const Where& where, std::string_view name, std::string_view what,
                 trace::SpanSet& set);

trace::Resource to_resource(const Attributes& attributes);

}  // namespace spawn::otlp
