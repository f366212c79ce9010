// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
//
// When a batch is due: enough spans, enough bytes, or the oldest has waited long enough. Pure; the
// worker asks it, tests ask it with any time they like.
#pragma once

#include <cstddef>
#include <cstdint>

#include "core/clock.h"

namespace spawn::telemetry {

class Schedule {
 public:
  Schedule(std::size_t batch_spans, core::Nanos delay) : batch_spans_(batch_spans), delay_(delay) {}

  // Tells how much waits now. The delay runs from the first time that anything was seen waiting.
  void observe(std::size_t waiting, std::int64_t now_steady_ns) {
    if (waiting == 0) {
      waiting_since_ns_ = kNothing;
    } else if (waiting_since_ns_ == kNothing) {
      waiting_since_ns_ = now_steady_ns;
    }
  }
  // What is left after a batch waits anew.
  void exported() { waiting_since_ns_ = kNothing; }

  [[nodiscard]] bool full(std::size_t waiting) const { return waiting >= batch_spans_; }
  [[nodiscard]] bool overdue(std::int64_t now_steady_ns) const {
    return waiting_since_ns_ != kNothing && now_steady_ns - waiting_since_ns_ >= delay_.count();
  }
  // How long there is nothing to do; without end when nothing waits.
  [[nodiscard]] core::Nanos until_due(std::int64_t now_steady_ns) const {
    if (waiting_since_ns_ == kNothing) return core::Nanos::max();
    const std::int64_t left = waiting_since_ns_ + delay_.count() - now_steady_ns;
    return core::Nanos(left > 0 ? left : 0);
  }

 private:
  static constexpr std::int64_t kNothing = INT64_MIN;
  std::size_t batch_spans_;
  core::Nanos delay_;
  std::int64_t waiting_since_ns_ = kNothing;
};

}  // namespace spawn::telemetry
