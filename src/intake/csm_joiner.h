// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
//
// Calls and attempts → spans. Nothing in the datagrams ties an attempt to its call, so they are
// joined by (source port, service, api) and containment in time, at millisecond resolution. Threads
// of one program share a port: of several attempts that fit, those are taken that end nearest to
// the call's end. Most SDKs send the attempts first, Ruby sends the call first; so both wait. A
// call waits at most 2 s for attempts that are still missing, a good attempt 2 s for its call, a
// failed one 5 min, because the call may still be backing off. Then they become spans without the
// other. Pure: time is passed in.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <tuple>
#include <vector>

#include "intake/csm_event.h"
#include "telemetry/tracer.h"
#include "trace/context.h"
#include "trace/span_record.h"

namespace spawn::intake {

class CsmJoiner {
 public:
  // Spans become children of `parent`. At most `max_spans` are made in all.
  CsmJoiner(telemetry::Tracer& tracer, trace::SpanContext parent, std::size_t max_spans = 100'000);

  void add(CsmEvent event, std::uint16_t source_port, std::int64_t now_steady_ns);
  // Gives up waiting for what is overdue.
  void expire(std::int64_t now_steady_ns);
  // Gives up waiting for anything.
  void finish();

  [[nodiscard]] bool waiting() const { return waiting_ > 0; }
  [[nodiscard]] std::uint64_t over_budget() const { return over_budget_; }

 private:
  struct Attempt {
    CsmEvent event;
    std::int64_t arrived_ns = 0;
  };
  struct Call {
    CsmEvent event;
    std::int64_t arrived_ns = 0;
    std::vector<CsmEvent> attempts;
    [[nodiscard]] bool complete() const;
  };
  struct Lane {  // what waits under one key
    std::vector<Attempt> attempts;
    std::vector<Call> calls;
  };
  using Key = std::tuple<std::uint16_t, std::string, std::string>;

  void add_attempt(Lane& lane, CsmEvent event, std::int64_t now_ns);
  void add_call(Lane& lane, CsmEvent event, std::int64_t now_ns);
  void take_attempts(Lane& lane, Call& call);
  void expire_lane(Lane& lane, std::int64_t now_ns);
  void emit_call(Call call);
  void emit_orphan(const CsmEvent& attempt);
  void send(trace::SpanRecord span, trace::SpanId id, trace::SpanId parent_id);
  [[nodiscard]] bool claim_span();

  std::map<Key, Lane> lanes_;
  std::size_t waiting_ = 0;  // attempts and calls in lanes_
  telemetry::Tracer& tracer_;
  trace::SpanContext parent_;
  std::size_t spans_left_;
  std::uint64_t over_budget_ = 0;
};

}  // namespace spawn::intake
