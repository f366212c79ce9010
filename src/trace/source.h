// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
//
// The port for reading traces back (X-Ray, the local store, a file of JSON lines).
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "core/result.h"
#include "trace/ids.h"
#include "trace/resource.h"
#include "trace/segment_facts.h"
#include "trace/span_record.h"

namespace spawn::trace {

// A whole trace. Owns the resources its records point to. Spans are in no particular order.
struct Trace {
  TraceId id;
  std::vector<SpanRecord> spans;
  std::vector<std::unique_ptr<const Resource>> resources;
  // What X-Ray's documents said, where the trace came as documents; else empty.
  std::vector<SegmentFacts> facts;
  bool limit_exceeded = false;  // X-Ray dropped parts of it: over its size budget
  // What could not be understood while reading, one line each, for the person ("3 lines are no
  // spans").
  std::vector<std::string> notes;
};

// Which traces: those that began in this time, both ends included, in nanoseconds since the epoch.
struct TraceQuery {
  std::int64_t start_ns = INT64_MIN;
  std::int64_t end_ns = INT64_MAX;
  std::string filter;  // in X-Ray's grammar, "" for all; for sources that filter
};

class TraceSource {
 public:
  TraceSource() = default;
  TraceSource(const TraceSource&) = delete;
  TraceSource& operator=(const TraceSource&) = delete;
  virtual ~TraceSource() = default;

  // Code::not_found when there is no such trace (yet).
  virtual core::Result<Trace> get(const TraceId& id) = 0;

  // Hands over one trace after the other, in an order of its own, until `found` returns false. An
  // error may come after some were handed over.
  using Found = std::function<bool(Trace trace)>;
  virtual core::Status find(const TraceQuery& query, const Found& found) = 0;
  // Whether find() obeys TraceQuery::filter; else it hands over all of the time.
  [[nodiscard]] virtual bool filters() const { return false; }
};

}  // namespace spawn::trace
