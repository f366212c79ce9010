// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
#include "xray/to_span.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "core/text.h"
#include "trace/json_value.h"
#include "xray/foreign_span.h"
#include "xray/mapping.h"

namespace spawn::xray {
namespace {

using core::Json;
using trace::SpanRecord;

// More do not stand in 64 KB: the shortest subsegment has two levels and 68 bytes.
constexpr int kMaxDocumentDepth = 2048;

// Seconds → nanoseconds, of which a double keeps no more than the microseconds.
std::optional<std::int64_t> time_at(const Json& object, std::string_view name) {
  const Json* value = object.find(name);
  const auto seconds = value == nullptr ? std::nullopt : value->number();
  if (!seconds || !(*seconds >= 0 && *seconds < 9e9)) return std::nullopt;
  return std::llround(*seconds * 1e6) * 1000;
}

// f(name, value of an attribute)
template <typename F>
void for_each_attribute_of(const Json* object, F&& f) {
  if (object == nullptr || object->object() == nullptr) return;
  for (const auto& [name, value] : *object->object()) {
    if (auto owned = trace::to_attribute_value(value)) f(name, *std::move(owned));
  }
}

void add_attributes_to_last(const Json& item, SpanRecord& record) {
  for_each_attribute_of(item.find("attributes"), [&](std::string_view name, const auto& value) {
    record.set_on_last(name, value);
  });
}

void read_links(const Json* list, SpanRecord& record) {
  for_each_of(list, [&](const Json& link) {
    const auto trace_id = trace::TraceId::from_xray(link.text_at("trace_id"));
    const auto span_id = trace::SpanId::from_hex(link.text_at("id"), true);
    if (!trace_id || !span_id) return;
    record.add_link({*trace_id, *span_id, trace::kSampled, true});
    add_attributes_to_last(link, record);
  });
}

template <typename Enum, std::size_t Count>
Enum by_name(std::string_view name, const std::array<Enum, Count>& all, Enum otherwise) {
  for (const Enum one : all) {
    if (to_string(one) == name) return one;
  }
  return otherwise;
}

// What write_metadata() left for us.
void read_own(const Json& document, const Json& spawn, bool subsegment, SpanRecord& record) {
  using trace::SpanKind;
  using trace::StatusCode;
  record.set_name(spawn.text_at("name"));
  record.kind = by_name(spawn.text_at("kind"),
                        std::array{SpanKind::internal, SpanKind::server, SpanKind::client,
                                   SpanKind::producer, SpanKind::consumer},
                        SpanKind::internal);
  record.set_status(by_name(spawn.text_at("status"), std::array{StatusCode::ok, StatusCode::error},
                            StatusCode::unset),
                    spawn.text_at("status_message"));
  record.parent_remote = spawn.find("parent_remote") != nullptr;
  read_blocks(document, subsegment, spawn.find("derived"), record);
  for (const auto& [space, members] : *document.find("metadata")->object()) {
    if (space == "spawn" || space == "default") continue;
    record.set("aws.xray.metadata." + space, members.to_text());
  }
  const Json* kept = document.find("metadata")->find("default");
  for_each_attribute_of(kept, [&](std::string_view name, const auto& value) {
    if (!name.starts_with(kResourcePrefix)) record.set(name, value);
  });
  for_each_attribute_of(spawn.find("attributes"),
                        [&](std::string_view name, const auto& value) { record.set(name, value); });
  for_each_of(spawn.find("events"), [&](const Json& event) {
    record.add_event(event.text_at("name"), time_at(event, "time").value_or(record.start_ns));
    add_attributes_to_last(event, record);
  });
}

trace::Resource resource_of(const Json& segment) {
  trace::Resource resource = foreign_resource(segment);
  const Json* metadata = segment.find("metadata");
  const Json* kept = metadata == nullptr ? nullptr : metadata->find("default");
  bool first = true;
  for_each_attribute_of(kept, [&](std::string_view name, auto&& value) {
    if (!name.starts_with(kResourcePrefix)) return;
    if (std::exchange(first, false)) resource = {};  // it is all here, and better
    resource.set(name.substr(kResourcePrefix.size()), std::forward<decltype(value)>(value));
  });
  return resource;
}

// What a nested subsegment has from the document around it.
struct Around {
  trace::TraceId trace_id;
  trace::SpanId parent_id;
  const trace::Resource* resource = nullptr;
  const Json* links = nullptr;
};

std::size_t count_inside(const Json& document) {
  std::size_t count = 0;
  for_each_of(document.find("subsegments"),
              [&](const Json& child) { count += 1 + count_inside(child); });
  return count;
}

class DocumentReader {
 public:
  DocumentReader(const Json& whole, trace::Trace& trace) : whole_(whole), trace_(trace) {}

  void read() {
    read(whole_, nullptr);
    while (!left_.empty()) {
      const auto [document, around] = left_.back();
      left_.pop_back();
      read(*document, &around);
    }
  }

 private:
  void read(const Json& document, const Around* around) {
    SpanRecord record;
    if (!read_identity(document, around, record)) return read_rest(document, around);
    const bool subsegment = around != nullptr || document.text_at("type") == "subsegment";
    if (!subsegment) {
      record.resource = keep_resource(document);
    } else if (around != nullptr) {
      record.resource = around->resource;
    }
    const Json* metadata = document.find("metadata");
    const Json* spawn = metadata == nullptr ? nullptr : metadata->find("spawn");
    if (spawn != nullptr && spawn->find("around") != nullptr) {
      return read_children(
          document, {record.trace_id, record.parent_id, record.resource, document.find("links")});
    }
    if (spawn != nullptr && !spawn->text_at("kind").empty()) {
      read_own(document, *spawn, subsegment, record);
    } else {
      read_foreign(document, whole_, subsegment, record);
    }
    read_links(document.find("links"), record);
    if (around != nullptr) read_links(around->links, record);
    if (spawn != nullptr) read_links(spawn->find("links"), record);

    const Around inside{record.trace_id, record.span_id, record.resource};
    trace_.spans.push_back(std::move(record));
    read_children(document, inside);
  }

  const trace::Resource* keep_resource(const Json& segment) {
    trace_.resources.push_back(std::make_unique<const trace::Resource>(resource_of(segment)));
    return trace_.resources.back().get();
  }

  // Not at once: a document may be deeper than the stack.
  void read_children(const Json& document, const Around& inside) {
    const std::size_t before = left_.size();
    for_each_of(document.find("subsegments"),
                [&](const Json& child) { left_.emplace_back(&child, inside); });
    std::reverse(left_.begin() + static_cast<std::ptrdiff_t>(before), left_.end());
  }

  // What is in one that is no span itself belongs to what that is in.
  void read_rest(const Json& document, const Around* around) {
    if (around != nullptr) {
      return read_children(document, {around->trace_id, around->parent_id, around->resource});
    }
    if (const auto trace_id = trace::TraceId::from_xray(document.text_at("trace_id"))) {
      const auto parent = trace::SpanId::from_hex(document.text_at("parent_id"), true);
      return read_children(document,
                           {*trace_id, parent.value_or(trace::SpanId()), keep_resource(document)});
    }
    const std::size_t count = count_inside(document);
    if (count > 0)
      trace_.notes.back() += fmt::format("; {} subsegments in it are of no known trace", count);
  }

  bool read_identity(const Json& document, const Around* around, SpanRecord& record) {
    const auto id = trace::SpanId::from_hex(document.text_at("id"), true);
    const auto start = time_at(document, "start_time");
    const auto trace_id = trace::TraceId::from_xray(document.text_at("trace_id"));
    if (!id || !start || (!trace_id && around == nullptr)) {
      const std::string_view name = document.text_at("name");
      trace_.notes.push_back(fmt::format(
          "a {}{} has no valid {}", around == nullptr ? "document" : "subsegment",
          name.empty() ? "" : fmt::format(" ({})", core::visible(core::utf8_prefix(name, 100))),
          !id      ? "id"
          : !start ? "start_time"
                   : "trace_id"));
      return false;
    }
    record.trace_id = around != nullptr ? around->trace_id : *trace_id;
    record.span_id = *id;
    const auto parent = trace::SpanId::from_hex(document.text_at("parent_id"), true);
    if (parent || around != nullptr) record.parent_id = parent ? *parent : around->parent_id;
    record.start_ns = *start;
    const auto end = time_at(document, "end_time");
    record.in_progress = !end;
    record.end_ns = std::max(*start, end.value_or(*start));
    record.flags = trace::kSampled;
    return true;
  }

  const Json& whole_;
  std::vector<std::pair<const Json*, Around>> left_;
  trace::Trace& trace_;
};

}  // namespace

core::Result<Json> parse_document(std::string_view text) {
  return Json::parse(text, kMaxDocumentDepth);
}

void add_document(std::string_view text, trace::Trace& trace) {
  const auto document = parse_document(text);
  if (!document) {
    trace.notes.push_back("a document is " + document.error().message);
    return;
  }
  add_document(*document, trace);
}

void add_document(const Json& document, trace::Trace& trace) {
  if (document.object() == nullptr) {
    trace.notes.emplace_back("a document is no JSON object");
    return;
  }
  DocumentReader(document, trace).read();
}

}  // namespace spawn::xray
