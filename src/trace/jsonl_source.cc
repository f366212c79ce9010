// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <algorithm>
#include <set>
#include <unordered_map>
#include <utility>

#include "core/file.h"
#include "core/json.h"
#include "core/text.h"
#include "core/time_text.h"
#include "trace/jsonl.h"

namespace spawn::trace {
namespace {

using core::Json;

constexpr std::size_t kMaxFileBytes = 512U << 20;
constexpr int kMaxDepth = 16;

template <typename F>
void for_each_line(std::string_view text, F&& f) {
  while (!text.empty()) {
    const auto end = text.find('\n');
    f(core::trim(text.substr(0, end)));
    text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
  }
}

// The fields that make a line a span.
struct SpanLine {
  Json json;
  TraceId trace_id;
  SpanId span_id;
  std::int64_t start_ns;
};

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

// All elements of one type, as OpenTelemetry has arrays; integers among reals become reals.
template <typename T, typename Get>
std::optional<OwnedValue> array_of(const Json::Array& elements, Get get) {
  std::vector<T> values;
  for (const Json& element : elements) {
    const auto value = get(element);
    if (!value) return std::nullopt;
    values.push_back(*value);
  }
  return values;
}

// Nothing for what an attribute cannot be: null, an object, a mixed or nested array.
std::optional<OwnedValue> to_value(const Json& json) {
  if (const auto* v = json.string()) return *v;
  if (const auto* v = json.boolean()) return *v;
  if (const auto* v = json.integer()) return *v;
  if (const auto* v = json.real()) return *v;
  const Json::Array* elements = json.array();
  if (elements == nullptr) return std::nullopt;
  auto values = array_of<std::string>(*elements, [](const Json& e) { return e.string(); });
  if (!values) values = array_of<bool>(*elements, [](const Json& e) { return e.boolean(); });
  if (!values)
    values = array_of<std::int64_t>(*elements, [](const Json& e) { return e.integer(); });
  if (!values) values = array_of<double>(*elements, [](const Json& e) { return e.number(); });
  return values;
}

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
    if (const auto value = to_value(json_value)) record.set_on_last(key, *value);
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

SpanRecord to_record(const SpanLine& line) {
  const Json& json = line.json;
  SpanRecord record;
  record.trace_id = line.trace_id;
  record.span_id = line.span_id;
  record.parent_id = SpanId::from_hex(json.text_at("parent_span_id")).value_or(SpanId());
  record.set_name(json.text_at("name"));
  record.kind = parse_kind(json.text_at("kind"));
  record.start_ns = line.start_ns;
  const auto end = core::parse_rfc3339(json.text_at("end"));
  record.in_progress = !end;
  record.end_ns = std::max(end.value_or(line.start_ns), line.start_ns);
  read_status(json, record);
  for_each_member(json, "attributes", [&](const std::string& key, const Json& json_value) {
    if (const auto value = to_value(json_value)) record.set(key, *value);
  });
  read_events_and_links(json, record);
  return record;
}

// Most lines of a file name the same few resources: equal ones are kept once.
class ResourcePool {
 public:
  explicit ResourcePool(std::vector<std::unique_ptr<const Resource>>& owner) : owner_(owner) {}

  const Resource* get(const Json& line) {
    std::vector<std::pair<std::string, OwnedValue>> attributes;
    for_each_member(line, "resource", [&](const std::string& key, const Json& json_value) {
      auto value = to_value(json_value);
      if (value && attributes.size() < kMaxAttributes)
        attributes.emplace_back(key, std::move(*value));
    });
    auto resource = std::make_unique<const Resource>(std::move(attributes));
    for (const Resource* known : by_service_[std::string(resource->service_name())]) {
      if (known->attributes() == resource->attributes()) return known;
    }
    owner_.push_back(std::move(resource));
    const Resource* added = owner_.back().get();
    by_service_[std::string(added->service_name())].push_back(added);
    return added;
  }

 private:
  std::vector<std::unique_ptr<const Resource>>& owner_;
  std::unordered_map<std::string, std::vector<const Resource*>> by_service_;
};

}  // namespace

core::Result<std::unique_ptr<JsonLinesSource>> JsonLinesSource::open(const std::string& path) {
  auto text = core::read_file(path, kMaxFileBytes);
  if (!text) return core::fail(std::move(text.error()));
  return parse(*text, path);
}

core::Result<std::unique_ptr<JsonLinesSource>> JsonLinesSource::parse(std::string_view text,
                                                                      std::string name) {
  std::unique_ptr<JsonLinesSource> source(new JsonLinesSource(std::move(name), std::string(text)));
  if (source->ids_.empty()) {
    return core::fail(core::Code::invalid_argument,
                      source->name_ +
                          ": no line of it is a span; expected JSON lines as the stdout "
                          "exporter writes them");
  }
  return source;
}

JsonLinesSource::JsonLinesSource(std::string_view name, std::string text)
    : name_(core::visible(name)), text_(std::move(text)) {
  std::set<TraceId> seen;
  for_each_line(text_, [&](std::string_view line) {
    if (line.empty()) return;
    const auto span = parse_line(line);
    if (!span) {
      ++skipped_lines_;
    } else if (seen.insert(span->trace_id).second) {
      ids_.push_back(span->trace_id);
    }
  });
}

core::Result<Trace> JsonLinesSource::get(const TraceId& id) {
  Trace trace;
  trace.id = id;
  ResourcePool resources(trace.resources);
  const std::string digits = id.hex();
  for_each_line(text_, [&](std::string_view line) {
    // Parsing is the expensive part: most lines of other traces are passed over without it.
    if (line.find(digits) == std::string_view::npos) return;
    const auto span = parse_line(line);
    if (!span || span->trace_id != id) return;
    trace.spans.push_back(to_record(*span));
    trace.spans.back().resource = resources.get(span->json);
  });
  if (trace.spans.empty()) return core::fail(no_such_trace(id));
  if (skipped_lines_ > 0) {
    trace.notes.push_back(
        skipped_lines_ == 1
            ? fmt::format("1 line of {} is no span and was skipped", name_)
            : fmt::format("{} lines of {} are no spans and were skipped", skipped_lines_, name_));
  }
  return trace;
}

core::Error JsonLinesSource::no_such_trace(const TraceId& id) const {
  constexpr std::size_t kNamed = 3;
  std::string message = fmt::format("{}: no trace {}; it has", name_, id.xray());
  for (std::size_t i = 0; i < std::min(ids_.size(), kNamed); ++i) {
    message += (i == 0 ? " " : ", ") + ids_[i].xray();
  }
  if (ids_.size() > kNamed) message += fmt::format(" and {} more", ids_.size() - kNamed);
  return core::Error{core::Code::not_found, std::move(message)};
}

std::vector<TraceId> JsonLinesSource::ids() const { return ids_; }

}  // namespace spawn::trace
