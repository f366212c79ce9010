// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
#include "trace/merge.h"

#include <unordered_map>
#include <utility>

namespace spawn::trace {

void drop_older_versions(Trace& trace) {
  std::unordered_map<SpanId, std::size_t> kept;
  kept.reserve(trace.spans.size());
  std::size_t count = 0;
  for (SpanRecord& span : trace.spans) {
    const auto [at, is_new] = kept.emplace(span.span_id, count);
    SpanRecord& place = trace.spans[at->second];
    if (is_new) ++count;
    if (&place != &span && (is_new || !span.in_progress || place.in_progress)) {
      place = std::move(span);
    }
  }
  trace.spans.erase(trace.spans.begin() + static_cast<std::ptrdiff_t>(count), trace.spans.end());
}

void share_resources(Trace& trace) {
  std::unordered_map<SpanId, SpanRecord*> by_id;
  const Resource* unknown = nullptr;
  std::vector<SpanRecord*> path;
  for (SpanRecord& span : trace.spans) {
    if (span.resource != nullptr) continue;
    if (unknown == nullptr) {
      trace.resources.push_back(std::make_unique<const Resource>());
      unknown = trace.resources.back().get();
      for (SpanRecord& other : trace.spans) by_id.emplace(other.span_id, &other);
    }
    path.clear();
    SpanRecord* at = &span;
    // What was passed has a resource, so parents that go round in a circle end it, too.
    while (at != nullptr && at->resource == nullptr) {
      at->resource = unknown;
      path.push_back(at);
      const auto parent = by_id.find(at->parent_id);
      at = parent == by_id.end() ? nullptr : parent->second;
    }
    if (at == nullptr) continue;
    for (SpanRecord* below : path) below->resource = at->resource;
  }
}

}  // namespace spawn::trace
