// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
//
// Calls and attempts → spans. Nothing in the datagrams ties an attempt to its call, so they are joined
// by (source port, service, api) and containment in time; attempts wait at most 2 s for their call
// (Ruby sends the call first, the others last), then become spans of their own. Pure: time is passed in.
#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <string>
#include <tuple>
#include <vector>

#include "core/clock.h"
#include "intake/csm_event.h"
#include "telemetry/tracer.h"
#include "trace/context.h"

namespace spawn::intake {

class CsmJoiner {
 public:
  // Spans become children of `parent`. At most `max_spans` are made in all.
  CsmJoiner(telemetry::Tracer& tracer, trace::SpanContext parent, std::size_t max_spans = 100'000);

  void add(CsmEvent event, std::uint16_t source_port, std::int64_t now_steady_ns);
  // Gives up waiting: attempts older than 2 s (or all of them) become spans without a call.
  void expire(std::int64_t now_steady_ns);
  void finish();

  [[nodiscard]] std::uint64_t over_budget() const { return over_budget_; }

 private:
  struct Waiting {
    CsmEvent event;
    std::int64_t arrived_ns;
  };
  using Key = std::tuple<std::uint16_t, std::string, std::string>;
  std::map<Key, std::deque<Waiting>> attempts_;
  telemetry::Tracer& tracer_;
  trace::SpanContext parent_;
  std::size_t spans_left_;
  std::uint64_t over_budget_ = 0;
};

}  // namespace spawn::intake
