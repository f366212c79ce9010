// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
//
// How many bytes of a trace X-Ray has taken, and whether it will take more: 500 KB when they come
// in one burst, 100 KB when they trickle in, little once the trace is old; what is over is refused
// document by document. A trace that is full is continued in another one, which links to it.
// Remembers the traces of late only, some hundreds: an older one begins anew, and X-Ray's own
// refusal is heeded. The figures are measurements of users, not promises of the service. Pure; one
// thread.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "core/clock.h"
#include "trace/ids.h"

namespace spawn::xray {

inline constexpr core::Nanos kBurst = std::chrono::seconds(10);
inline constexpr std::size_t kBurstBytes = 480'000;
inline constexpr std::size_t kTrickledBytes = 96'000;

class Budget {
 public:
  // That are remembered at least: the last ones used.
  static constexpr std::size_t kSetTraces = 8;

  struct Trace {
    std::int64_t first_ns = 0;  // steady time of its first document
    std::size_t bytes = 0;
    bool full = false;  // X-Ray said so
    std::optional<trace::TraceId> continued_in;
    trace::SpanId continued_at;  // the segment there that stands for what is here
  };

  // The trace, known from now on. The reference is good until the next call.
  Trace& of(const trace::TraceId& id, std::int64_t now_ns) {
    Set& set = sets_[static_cast<std::size_t>(id.low >> 8) % kSets];
    const auto known = std::ranges::find(set.ids, id);
    if (known != set.ids.end()) {
      const auto way = static_cast<std::size_t>(known - set.ids.begin());
      set.used[way] = ++uses_;
      return set.traces[way];
    }
    const auto oldest = std::ranges::min_element(set.used);
    const auto way = static_cast<std::size_t>(oldest - set.used.begin());
    set.used[way] = ++uses_;
    set.ids[way] = id;
    set.traces[way] = {};
    set.traces[way].first_ns = now_ns;
    return set.traces[way];
  }

  static bool takes(const Trace& trace, std::size_t bytes, std::int64_t now_ns) {
    if (trace.full) return false;
    const bool burst = now_ns - trace.first_ns <= kBurst.count();
    return trace.bytes + bytes <= (burst ? kBurstBytes : kTrickledBytes);
  }

 private:
  // A trace has its place in one of the sets, by bits that are random in every id, ours included;
  // the one that was not used for the longest time makes room for it there.
  static constexpr std::size_t kSets = 128;
  struct Set {
    std::array<trace::TraceId, kSetTraces> ids{};
    std::array<std::uint64_t, kSetTraces> used{};
    std::array<Trace, kSetTraces> traces{};
  };
  std::vector<Set> sets_{kSets};
  std::uint64_t uses_ = 0;
};

}  // namespace spawn::xray
