// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
//
// Where finished spans are put: the narrow end of Telemetry that a Span sees.
#pragma once

#include "trace/span_record.h"

namespace spawn::telemetry {

class Queue {
 public:
  Queue() = default;
  Queue(const Queue&) = delete;
  Queue& operator=(const Queue&) = delete;
  virtual ~Queue() = default;

  // Takes the record. When there is no room, the oldest span goes, counted. Any thread; never
  // blocks.
  virtual void push(trace::SpanRecord& record) noexcept = 0;

  // A span began; what comes back is for closed(), after push(). As push(), any thread, never
  // blocks.
  virtual int opened(const trace::SpanRecord& /*record*/, std::int64_t /*steady_ns*/) noexcept {
    return -1;
  }
  virtual void closed(int /*open*/) noexcept {}
};

}  // namespace spawn::telemetry
