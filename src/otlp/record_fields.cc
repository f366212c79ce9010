// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
#include "otlp/record_fields.h"

#include <algorithm>

namespace spawn::otlp {
namespace {

bool take_text(const trace::Value& value, std::string_view& to) {
  if (value.type() != trace::ValueType::string) return false;
  to = value.string();
  return true;
}

bool take_count(const trace::Value& value, std::uint32_t& to) {
  if (value.type() != trace::ValueType::integer) return false;
  to = static_cast<std::uint32_t>(std::clamp<std::int64_t>(value.integer(), 0, UINT32_MAX));
  return true;
}

}  // namespace

bool RecordFields::take(const trace::Attribute& attribute) {
  const auto& [key, value] = attribute;
  if (!key.starts_with("otel.") && key != kTraceState) [[likely]] {
    return false;
  }
  if (key == kTraceState) return take_text(value, trace_state);
  if (key == kScopeName) return take_text(value, scope_name);
  if (key == kScopeVersion) return take_text(value, scope_version);
  if (key == kDroppedAttributes) return take_count(value, dropped_attributes);
  if (key == kDroppedEvents) return take_count(value, dropped_events);
  if (key == kDroppedLinks) return take_count(value, dropped_links);
  return false;
}

RecordFields fields_of(const trace::SpanRecord& record) {
  RecordFields fields;
  record.for_each_attribute([&](const trace::Attribute& a) { (void)fields.take(a); });
  // A record counts all that was over its limits in one number.
  fields.dropped_attributes += static_cast<std::uint32_t>(record.dropped_count());
  return fields;
}

std::vector<ResourceGroup> group(std::span<const trace::SpanRecord> records) {
  std::vector<ResourceGroup> groups;
  for (const trace::SpanRecord& record : records) {
    const RecordFields fields = fields_of(record);
    auto of_resource = std::ranges::find(groups, record.resource, &ResourceGroup::resource);
    if (of_resource == groups.end()) {
      of_resource = groups.insert(groups.end(), ResourceGroup{record.resource, {}});
    }
    auto& scopes = of_resource->scopes;
    auto of_scope = std::ranges::find_if(scopes, [&](const ScopeGroup& scope) {
      return scope.name == fields.scope_name && scope.version == fields.scope_version;
    });
    if (of_scope == scopes.end()) {
      of_scope =
          scopes.insert(scopes.end(), ScopeGroup{fields.scope_name, fields.scope_version, {}});
    }
    of_scope->members.push_back({&record, fields});
  }
  return groups;
}

}  // namespace spawn::otlp
