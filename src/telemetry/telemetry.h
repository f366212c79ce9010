// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
//
// The engine: owns the ring, the spool, the threads and the sinks, and hands out the Tracer. The
// worker sleeps until a batch is due (by count or time) and moves it from the ring into the spool;
// each exporter reads the spool at its own pace (sender.h). flush() and shutdown() keep their
// deadline even when a sink hangs: what is left then stays in the spool for a successor, or is lost
// when it is not kept on disk; counted and reported. Threads and their rules:
// src/telemetry/README.md.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "core/clock.h"
#include "core/rng.h"
#include "telemetry/queue.h"
#include "telemetry/tracer.h"
#include "trace/rate.h"
#include "trace/resource.h"
#include "trace/sampling.h"
#include "trace/sink.h"

namespace spawn::telemetry {

struct Options {
  std::size_t queue_slots = 2048;        // rounded up to a power of two
  std::size_t batch_spans = 50;          // that make the worker move what the ring holds
  std::size_t export_spans = 512;        // at most, to an exporter at once
  std::size_t batch_bytes = 256 * 1024;  // of record payload, counted as it is drained
  core::Nanos schedule_delay = std::chrono::seconds(5);
  core::Nanos export_timeout = std::chrono::seconds(30);
  std::size_t spool_bytes = 64U << 20;
  core::Nanos hold = std::chrono::seconds(5);  // of a trace's spans for its root, see gather.h
  core::Nanos announce_after = std::chrono::seconds(10);  // a span that is still open is shown

  friend bool operator==(const Options&, const Options&) = default;
};

// Where an exporter's spans outlive the process.
struct Keeping {
  std::string name{};        // only an exporter of the same name sends them later; "": not kept
  std::string folder{};      // the same for all exporters of a process
  bool write_ahead = false;  // from the start, so that no end of the process loses any; else only
                             // what was not sent is written, at the end
};

// A sink with the name that reports use ("xray", "stdout").
struct NamedSink {
  std::string name;
  std::unique_ptr<trace::SpanSink> sink;
  Keeping keeping{};
  bool whole_traces = false;  // spans of a trace are better sent together
  bool in_progress = false;   // takes spans that have not ended
};

// What predecessors left: found = delivered + lost + damaged + waiting.
struct AdoptedStats {
  std::uint64_t found = 0;
  std::uint64_t delivered = 0;
  std::uint64_t lost = 0;
  std::uint64_t damaged = 0;
  std::uint64_t waiting = 0;
  std::map<std::string, std::uint64_t> lost_by{};  // reason → of `lost`
};
// Exact counts, at any instant:
//   produced = overrun + dropped + damaged + delivered + lost + waiting
struct ExporterStats {
  std::string name;
  std::uint64_t produced = 0;  // spans that had ended and were meant for it
  std::uint64_t overrun = 0;   // `dropped` of Stats
  std::uint64_t delivered = 0;
  std::uint64_t lost = 0;
  std::uint64_t dropped = 0;  // by the bound of the spool, before it got to them
  std::uint64_t damaged = 0;  // could not be read back
  std::uint64_t waiting = 0;
  std::uint64_t spooled = 0;  // of `waiting`, what outlives the process
  AdoptedStats adopted;
  std::uint64_t announced = 0;                   // sent while they were open; no spans of their own
  std::map<std::string, std::uint64_t> lost_by;  // reason → of `lost`
  std::string last_reason;                       // why the last one was lost, or has to wait
};
struct Stats {
  std::uint64_t ended = 0;    // spans handed over
  std::uint64_t dropped = 0;  // overwritten because ring or spool was full, or came too late
  std::uint64_t spilled = 0;  // larger than a slot
  std::vector<ExporterStats> exporters;
  std::vector<std::string> notes;  // of spools that could not be used, for people
};

class Engine;

class Telemetry {
 public:
  // With no sinks tracing is off: no thread, no ring. The clock and rng must outlive it.
  Telemetry(std::vector<NamedSink> sinks, trace::Sampling sampling, trace::Resource resource,
            core::Clock& clock, core::Rng& rng, Options options = {});
  // Shuts down with a deadline of 250 ms, if that was not done.
  ~Telemetry();
  Telemetry(const Telemetry&) = delete;
  Telemetry& operator=(const Telemetry&) = delete;

  [[nodiscard]] Tracer& tracer() { return *tracer_; }
  [[nodiscard]] const trace::Resource& resource() const;
  [[nodiscard]] Stats stats() const;

  // Threads begin, and with them what predecessors left is sent, although there is no span yet.
  void start();

  // True when the sinks have accounted for everything that had ended before.
  bool flush(core::Deadline deadline);

  // Takes no more spans, drains, then stops the threads; a second caller waits for the first. What
  // could not be delivered in time is in stats() as spooled or lost. True when they ended; false
  // when a sink hangs: its thread stays behind with sinks and clock, and _exit is the way to leave.
  bool shutdown(core::Deadline deadline);

 private:
  struct Off;
  core::Clock& clock_;
  std::shared_ptr<Engine> engine_;  // null: tracing is off
  std::unique_ptr<Off> off_;
  std::unique_ptr<Tracer> tracer_;
};

}  // namespace spawn::telemetry
