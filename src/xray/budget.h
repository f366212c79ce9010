// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
//
// How many bytes of a trace X-Ray has taken, and whether it will take more: 500 KB when they come
// in one burst, 100 KB when they trickle in, little once the trace is old; what is over is refused
// document by document. A trace that is full is continued in another one, which links to it.
// Remembers the traces of late only: an older one begins anew, and X-Ray's own refusal is heeded.
// The figures are measurements of users, not promises of the service. Pure; one thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <list>
#include <optional>
#include <unordered_map>

#include "core/clock.h"
#include "trace/ids.h"

namespace spawn::xray {

inline constexpr core::Nanos kBurst = std::chrono::seconds(10);
inline constexpr std::size_t kBurstBytes = 480'000;
inline constexpr std::size_t kTrickledBytes = 96'000;

class Budget {
 public:
  struct Trace {
    std::int64_t first_ns = 0;  // steady time of its first document
    std::size_t bytes = 0;
    bool full = false;  // X-Ray said so
    std::optional<trace::TraceId> continued_in;
    trace::SpanId continued_at;  // the segment there that stands for what is here
  };

  // The trace, known from now on. The reference is good until the next call.
  Trace& of(const trace::TraceId& id, std::int64_t now_ns) {
    if (const auto known = by_id_.find(id); known != by_id_.end()) {
      order_.splice(order_.end(), order_, known->second.place);
      return known->second.trace;
    }
    if (by_id_.size() >= kTraces) {
      by_id_.erase(order_.front());
      order_.pop_front();
    }
    order_.push_back(id);
    Known& made = by_id_[id];
    made.place = std::prev(order_.end());
    made.trace.first_ns = now_ns;
    return made.trace;
  }

  static bool takes(const Trace& trace, std::size_t bytes, std::int64_t now_ns) {
    if (trace.full) return false;
    const bool burst = now_ns - trace.first_ns <= kBurst.count();
    return trace.bytes + bytes <= (burst ? kBurstBytes : kTrickledBytes);
  }

 private:
  static constexpr std::size_t kTraces = 4096;
  struct Hash {
    std::size_t operator()(const trace::TraceId& id) const {
      return static_cast<std::size_t>(id.low ^ id.high);
    }
  };
  struct Known {
    Trace trace;
    std::list<trace::TraceId>::iterator place;
  };
  std::list<trace::TraceId> order_;  // the one that was used last is the last
  std::unordered_map<trace::TraceId, Known, Hash> by_id_;
};

}  // namespace spawn::xray
