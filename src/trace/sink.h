// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
//
// The port on the right of the waist: where finished spans go (X-Ray, stderr, a test's vector). One
// of the five seams. Called by one worker thread only, never by two at a time.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "core/clock.h"
#include "trace/span_record.h"

namespace spawn::trace {

// How many spans were lost for one reason: a short word, for counters ("InvalidName").
struct Loss {
  std::string why;
  std::size_t count = 0;
};

// What became of a batch: delivered + lost + later = batch size. `reason` is for people, one line,
// and says why anything was not delivered ("X-Ray at http://127.0.0.1:9: connection refused");
// empty when all is well.
struct WriteReport {
  std::size_t delivered = 0;
  std::size_t lost = 0;
  std::string reason{};
  // Not taken, but may be when they are sent again: the last ones of the batch.
  std::size_t later = 0;
  core::Nanos patience{0};     // that the receiver asked for (Retry-After) before it is asked again
  std::vector<Loss> losses{};  // what is lost, by reason; may be empty
};

class SpanSink {
 public:
  SpanSink() = default;
  SpanSink(const SpanSink&) = delete;
  SpanSink& operator=(const SpanSink&) = delete;
  virtual ~SpanSink() = default;

  // Must try to return before the deadline; whoever waits does not rely on it.
  virtual WriteReport write(std::span<const SpanRecord> batch, core::Deadline deadline) = 0;

  // Spans that were meant for it were dropped before it saw them.
  virtual void dropped(std::uint64_t /*count*/) {}
  // Called between batches, by the same thread: what the sink does on its own. Returns how long it
  // need not be called again.
  virtual core::Nanos housekeeping(core::Deadline /*deadline*/) { return core::Nanos::max(); }
};

}  // namespace spawn::trace
