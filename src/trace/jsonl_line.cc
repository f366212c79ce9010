// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
#include "trace/jsonl_line.h"

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "core/time_text.h"
#include "trace/json_value.h"

namespace spawn::trace {
namespace {

using core::Json;

constexpr int kMaxDepth = 16;

template <typename F>
void for_each_member(const Json& json, std::string_view key, F&& f) {
  const Json* object = json.find(key);
  if (object == nullptr || object->object() == nullptr) return;
  for (const auto& [name, value] : *object->object()) f(name, value);
}

template <typename F>
void for_each_element(const Json& json, std::string_view key, F&& f) {
  const Json* array = json.find(key);
  if (array == nullptr || array->array() == nullptr) return;
  for (const Json& element : *array->array()) f(element);
}

SpanKind parse_kind(std::string_view text) {
  for (const auto kind :
       {SpanKind::server, SpanKind::client, SpanKind::producer, SpanKind::consumer}) {
    if (text == to_string(kind)) return kind;
  }
  return SpanKind::internal;
}

void read_status(const Json& json, SpanRecord& record) {
  const Json* status = json.find("status");
  if (status == nullptr) return;
  const std::string_view code = status->text_at("code");
  for (const auto candidate : {StatusCode::ok, StatusCode::error}) {
    if (code == to_string(candidate)) record.set_status(candidate, status->text_at("message"));
  }
}

void read_item_attributes(const Json& json, SpanRecord& record) {
  for_each_member(json, "attributes", [&](const std::string& key, const Json& json_value) {
    if (const auto value = to_attribute_value(json_value)) record.set_on_last(key, *value);
  });
}

void read_events_and_links(const Json& json, SpanRecord& record) {
  for_each_element(json, "events", [&](const Json& event) {
    const auto time = core::parse_rfc3339(event.text_at("time"));
    record.add_event(event.text_at("name"), time.value_or(record.start_ns));
    read_item_attributes(event, record);
  });
  for_each_element(json, "links", [&](const Json& link) {
    const auto trace_id = TraceId::from_hex(link.text_at("trace_id"));
    const auto span_id = SpanId::from_hex(link.text_at("span_id"));
    if (!trace_id || !span_id) return;
    record.add_link({*trace_id, *span_id, 0, false});
    read_item_attributes(link, record);
  });
}

}  // namespace

std::optional<SpanLine> parse_line(std::string_view line) {
  if (line.empty() || line[0] != '{') return std::nullopt;
  auto json = Json::parse(line, kMaxDepth);
  if (!json) return std::nullopt;
  const auto trace_id = TraceId::from_hex(json->text_at("trace_id"));
  const auto span_id = SpanId::from_hex(json->text_at("span_id"));
  const auto start = core::parse_rfc3339(json->text_at("start"));
  const Json* name = json->find("name");
  if (!trace_id || !span_id || !start || name == nullptr || name->string() == nullptr) {
    return std::nullopt;
  }
  return SpanLine{std::move(*json), *trace_id, *span_id, *start};
}

SpanRecord to_record(const SpanLine& line) {
  const Json& json = line.json;
  SpanRecord record;
  record.trace_id = line.trace_id;
  record.span_id = line.span_id;
  record.parent_id = SpanId::from_hex(json.text_at("parent_span_id")).value_or(SpanId());
  const Json* remote = json.find("parent_remote");
  record.parent_remote = remote != nullptr && remote->boolean() != nullptr && *remote->boolean();
  record.flags = kSampled;  // else it would not have been recorded
  record.set_name(json.text_at("name"));
  record.kind = parse_kind(json.text_at("kind"));
  record.start_ns = line.start_ns;
  const auto end = core::parse_rfc3339(json.text_at("end"));
  record.in_progress = !end;
  record.end_ns = std::max(end.value_or(line.start_ns), line.start_ns);
  read_status(json, record);
  for_each_member(json, "attributes", [&](const std::string& key, const Json& json_value) {
    if (const auto value = to_attribute_value(json_value)) record.set(key, *value);
  });
  read_events_and_links(json, record);
  return record;
}

Resource resource_of(const SpanLine& line) {
  std::vector<std::pair<std::string, OwnedValue>> attributes;
  for_each_member(line.json, "resource", [&](const std::string& key, const Json& json_value) {
    auto value = to_attribute_value(json_value);
    if (value && attributes.size() < kMaxAttributes)
      attributes.emplace_back(key, std::move(*value));
  });
  return Resource(attributes);
}

}  // namespace spawn::trace
