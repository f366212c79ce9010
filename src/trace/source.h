// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
//
// The port for reading traces back (X-Ray, a file of JSON lines).
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "core/result.h"
#include "trace/ids.h"
#include "trace/resource.h"
#include "trace/span_record.h"

namespace spawn::trace {

// A whole trace. Owns the resources its records point to. Spans are in no particular order.
struct Trace {
  TraceId id;
  std::vector<SpanRecord> spans;
  std::vector<std::unique_ptr<const Resource>> resources;
  bool limit_exceeded = false;  // X-Ray dropped parts of it: over its size budget
  // What could not be understood while reading, one line each, for the person ("3 lines are no
  // spans").
  std::vector<std::string> notes;
};

class TraceSource {
 public:
  TraceSource() = default;
  TraceSource(const TraceSource&) = delete;
  TraceSource& operator=(const TraceSource&) = delete;
  virtual ~TraceSource() = default;

  // Code::not_found when there is no such trace (yet).
  virtual core::Result<Trace> get(const TraceId& id) = 0;
};

}  // namespace spawn::trace
