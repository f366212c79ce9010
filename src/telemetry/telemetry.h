// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
//
// The engine: owns the ring, the worker thread and the sinks, and hands out the Tracer. The worker
// sleeps until a batch is due (by count or time), drains the ring and writes to every sink in turn.
// flush() and shutdown() keep their deadline even when a sink hangs: what is left then is lost,
// counted and reported. Threads and their rules: src/telemetry/README.md.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "core/clock.h"
#include "core/rng.h"
#include "telemetry/queue.h"
#include "telemetry/tracer.h"
#include "trace/rate.h"
#include "trace/resource.h"
#include "trace/sink.h"

namespace spawn::telemetry {

struct Options {
  std::size_t queue_slots = 2048;  // rounded up to a power of two
  std::size_t batch_spans = 50;
  std::size_t batch_bytes = 256 * 1024;  // of record payload, counted as it is drained
  core::Nanos schedule_delay = std::chrono::seconds(5);
  core::Nanos export_timeout = std::chrono::seconds(30);
};

// A sink with the name that reports use ("xray", "stdout").
struct NamedSink {
  std::string name;
  std::unique_ptr<trace::SpanSink> sink;
};

// Exact counts. For each exporter: delivered + lost + what is still queued or in flight =
// ended - dropped.
struct ExporterStats {
  std::string name;
  std::uint64_t delivered = 0;
  std::uint64_t lost = 0;
  std::string last_reason;  // why the last loss happened
};
struct Stats {
  std::uint64_t ended = 0;    // spans handed over
  std::uint64_t dropped = 0;  // overwritten because the ring was full
  std::uint64_t spilled = 0;  // larger than a slot
  std::vector<ExporterStats> exporters;
};

class Engine;

class Telemetry {
 public:
  // With no sinks tracing is off: no thread, no ring. The clock and rng must outlive it.
  Telemetry(std::vector<NamedSink> sinks, trace::Rate rate, trace::Resource resource,
            core::Clock& clock, core::Rng& rng, Options options = {});
  // Shuts down with a deadline of 250 ms, if that was not done.
  ~Telemetry();
  Telemetry(const Telemetry&) = delete;
  Telemetry& operator=(const Telemetry&) = delete;

  [[nodiscard]] Tracer& tracer() { return *tracer_; }
  [[nodiscard]] const trace::Resource& resource() const;
  [[nodiscard]] Stats stats() const;

  // True when everything that had ended before is with the sinks.
  bool flush(core::Deadline deadline);

  // No span is taken any more; drains, then stops the worker. What could not be delivered in time
  // is in stats() as lost. True when the worker ended; false when a sink still hangs: then its
  // thread is left behind with the sinks and the clock, and a program should leave by _exit.
  bool shutdown(core::Deadline deadline);

 private:
  struct Off;
  core::Clock& clock_;
  std::shared_ptr<Engine> engine_;  // null: tracing is off
  std::unique_ptr<Off> off_;
  std::unique_ptr<Tracer> tracer_;
};

}  // namespace spawn::telemetry
