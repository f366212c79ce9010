// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>
#include <utility>

#include "core/file.h"
#include "core/text.h"
#include "trace/jsonl.h"
#include "trace/jsonl_line.h"
#include "trace/resource_pool.h"

namespace spawn::trace {
namespace {

constexpr std::size_t kMaxFileBytes = 512U << 20;

}  // namespace

core::Result<std::unique_ptr<JsonLinesSource>> JsonLinesSource::open(const std::string& path) {
  auto text = core::read_file(path, kMaxFileBytes);
  if (!text) return core::fail(std::move(text.error()));
  return parse(*text, path);
}

core::Result<std::unique_ptr<JsonLinesSource>> JsonLinesSource::parse(std::string_view text,
                                                                      std::string_view name) {
  std::unique_ptr<JsonLinesSource> source(new JsonLinesSource(name, std::string(text)));
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
    trace.spans.back().resource = resources.get(resource_of(*span));
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

core::Status JsonLinesSource::find(const TraceQuery& query, const Found& found) {
  std::map<TraceId, std::size_t> places;
  std::vector<Trace> traces(ids_.size());
  std::vector<ResourcePool> resources;
  resources.reserve(ids_.size());
  for (std::size_t i = 0; i < ids_.size(); ++i) {
    places.emplace(ids_[i], i);
    traces[i].id = ids_[i];
    resources.emplace_back(traces[i].resources);
  }
  for_each_line(text_, [&](std::string_view line) {
    const auto span = line.empty() ? std::nullopt : parse_line(line);
    if (!span) return;
    const std::size_t place = places.at(span->trace_id);
    traces[place].spans.push_back(to_record(*span));
    traces[place].spans.back().resource = resources[place].get(resource_of(*span));
  });
  for (Trace& trace : traces) {
    const auto start = std::ranges::min_element(trace.spans, {}, &SpanRecord::start_ns)->start_ns;
    if (start < query.start_ns || start > query.end_ns) continue;
    if (!found(std::move(trace))) break;
  }
  return core::ok();
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
