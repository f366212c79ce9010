// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
//
// The spans that programs of the workload made by themselves (OpenTelemetry, X-Ray SDKs), on their
// way to the tracer: which trace do they belong to? A program that takes its parent from the
// environment is in the run's trace already. One that does not begins traces of its own: those
// whose root it made become part of the run's trace, root spans as children of the run's span. One
// that was called from outside takes part in the caller's trace, and stays there. The decision is
// made once for a trace and holds for all of its spans and for links to them
// (docs/adr/0018-programs-spans.md).
//
// Children arrive before their root, and one program's spans before another's, so spans of a trace
// that is not decided yet wait, at most 10 s and about 2,000 of them. Pure: time is passed in.
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <memory>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "telemetry/tracer.h"
#include "trace/context.h"
#include "trace/resource.h"
#include "trace/span_record.h"

namespace spawn::intake {

class ProgramSpans {
 public:
  // `run` is the span that the command is. At most `max_spans` are handed over in all. The tracer
  // must outlive it.
  ProgramSpans(telemetry::Tracer& tracer, const trace::SpanContext& run,
               std::size_t max_spans = 100'000);

  // Of one message. `source` is what spawn.source says. Resources need to live for the call only; a
  // span without one is a part of some segment that comes apart from it.
  void take(std::vector<trace::SpanRecord>& spans, std::string_view source,
            std::int64_t now_steady_ns);
  // Decides what waited long enough.
  void expire(std::int64_t now_steady_ns);
  // Decides everything.
  void finish();

  [[nodiscard]] bool waiting() const { return !held_.empty(); }
  [[nodiscard]] std::uint64_t handed_over() const { return handed_over_; }
  [[nodiscard]] std::uint64_t over_budget() const { return over_budget_; }
  // Versions of spans that had not ended; the one that counts comes later.
  [[nodiscard]] std::uint64_t unfinished() const { return unfinished_; }

 private:
  using SharedResource = std::shared_ptr<const trace::Resource>;
  enum class Home : std::uint8_t { undecided, run, elsewhere };
  struct TraceState {
    Home home = Home::undecided;
    SharedResource service;  // of its first segment
  };
  struct Held {
    trace::SpanRecord span;
    SharedResource resource;
    std::int64_t since_ns = 0;
  };

  void settle(std::int64_t now_ns);
  void decide_by_roots();
  void decide_by_time(std::int64_t now_ns);
  static bool overdue(const Held& held, std::int64_t now_ns);
  void decide(const trace::TraceId& id, Home home);
  [[nodiscard]] Home home_of(const trace::TraceId& id) const;
  [[nodiscard]] bool ready(const Held& held, std::int64_t now_ns) const;
  void hand_over(Held& held);
  TraceState& state_of(const trace::TraceId& id);
  SharedResource share(const trace::Resource* resource);

  telemetry::Tracer& tracer_;
  trace::SpanContext run_;
  std::size_t spans_left_;
  std::vector<Held> held_;  // in the order of their arrival
  std::unordered_map<trace::TraceId, TraceState> traces_;
  std::deque<trace::TraceId> known_;      // keys of traces_, oldest first
  std::deque<SharedResource> resources_;  // the last few
  SharedResource unknown_;                // of spans whose segment never came
  std::uint64_t handed_over_ = 0;
  std::uint64_t over_budget_ = 0;
  std::uint64_t unfinished_ = 0;
};

}  // namespace spawn::intake
