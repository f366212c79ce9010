// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
//
// The port on the right of the waist: where finished spans go (X-Ray, stderr, a test's vector). One
// of the five seams. Called by one worker thread only, never by two at a time.
#pragma once

#include <cstddef>
#include <span>
#include <string>

#include "core/clock.h"
#include "trace/span_record.h"

namespace spawn::trace {

// What became of a batch: delivered + lost = batch size. `reason` is for people, one line, and says
// why anything was lost ("X-Ray at http://127.0.0.1:9: connection refused"); empty when all is
// well.
struct WriteReport {
  std::size_t delivered = 0;
  std::size_t lost = 0;
  std::string reason;
};

class SpanSink {
 public:
  SpanSink() = default;
  SpanSink(const SpanSink&) = delete;
  SpanSink& operator=(const SpanSink&) = delete;
  virtual ~SpanSink() = default;

  // Must try to return before the deadline; whoever waits does not rely on it.
  virtual WriteReport write(std::span<const SpanRecord> batch, core::Deadline deadline) = 0;
};

}  // namespace spawn::trace
