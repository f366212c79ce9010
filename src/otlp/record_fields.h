// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
//
// What OTLP has fields for and a SpanRecord keeps as attributes, under the names of OpenTelemetry's
// mapping to other formats: scope, trace state, counts of what was dropped. Both writers take them
// out of the attributes and put them where they belong, and group the records of a request by
// resource and scope.
// https://opentelemetry.io/docs/specs/otel/common/mapping-to-non-otlp/
#pragma once

#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "trace/span_record.h"

namespace spawn::otlp {

inline constexpr std::string_view kScopeName = "otel.scope.name";
inline constexpr std::string_view kScopeVersion = "otel.scope.version";
inline constexpr std::string_view kTraceState = "w3c.tracestate";
inline constexpr std::string_view kDroppedAttributes = "otel.dropped_attributes_count";
inline constexpr std::string_view kDroppedEvents = "otel.dropped_events_count";
inline constexpr std::string_view kDroppedLinks = "otel.dropped_links_count";

// Bits of a span's and a link's `flags` above the W3C ones: whether it is known that the parent
// (the linked span) is in another process, and whether it is.
inline constexpr std::uint32_t kHasIsRemote = 0x100;
inline constexpr std::uint32_t kIsRemote = 0x200;
inline std::uint32_t wire_flags(std::uint8_t w3c, bool remote) {
  return w3c | kHasIsRemote | (remote ? kIsRemote : 0);
}

struct RecordFields {
  std::string_view scope_name;
  std::string_view scope_version;
  std::string_view trace_state;
  std::uint32_t dropped_attributes = 0;
  std::uint32_t dropped_events = 0;
  std::uint32_t dropped_links = 0;

  // Whether the attribute is one of these, and so no attribute in OTLP.
  bool take(const trace::Attribute& attribute);
};
RecordFields fields_of(const trace::SpanRecord& record);

// f(attribute) for those that are attributes in OTLP, too.
template <typename F>
void for_each_plain_attribute(const trace::SpanRecord& record, F&& f) {
  RecordFields ignored;
  record.for_each_attribute([&](const trace::Attribute& a) {
    if (!ignored.take(a)) f(a);
  });
}

// Views into the records. Groups are in the order of their first record.
struct ScopeGroup {
  struct Member {
    const trace::SpanRecord* record;
    RecordFields fields;
  };
  std::string_view name;
  std::string_view version;
  std::vector<Member> members;
};
struct ResourceGroup {
  const trace::Resource* resource;
  std::vector<ScopeGroup> scopes;
};
std::vector<ResourceGroup> group(std::span<const trace::SpanRecord> records);

}  // namespace spawn::otlp
