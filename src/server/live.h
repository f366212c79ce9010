// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
//
// What is new, for one page that listens: server-sent events (README.md, GET /api/live). Other
// processes write to the store, too, so it is looked at again and again while somebody listens.
#pragma once

#include <cstdint>
#include <string>

#include "core/clock.h"
#include "server/traces.h"
#include "store/trace_store.h"

namespace spawn::server {

class LiveView {
 public:
  // Tells of what changed after `since`.
  LiveView(Traces& traces, store::TraceStore& store, core::Clock& clock, std::uint64_t since)
      : traces_(traces), store_(store), clock_(clock), told_(since) {}

  // Appends the events that are due; from the second time on waits half a second before.
  void next(std::string& to);

 private:
  void add_changes(std::string& to);
  void add_unfinished(std::string& to);

  Traces& traces_;
  store::TraceStore& store_;
  core::Clock& clock_;
  std::uint64_t told_;
  bool begun_ = false;
  bool had_unfinished_ = false;
  std::int64_t next_unfinished_ns_ = 0;  // steady
  std::int64_t next_comment_ns_ = 0;
};

}  // namespace spawn::server
