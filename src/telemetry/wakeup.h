// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
//
// How producers wake the worker: one word that says whether it is awake, dozing (has spans, waits
// for a batch or its time), watching (has none, but wakes for spans that are open for long), idle
// (sleeps without end) or absent (was not started yet). A producer looks at the word after each
// push; only the one that finds the worker idle, or dozing with a batch complete, makes a system
// call (futex), and only one of several does. Nothing here can be left locked by a fork.
#pragma once

#include <atomic>
#include <cstdint>

#include "core/clock.h"

namespace spawn::telemetry {

class Wakeup {
 public:
  enum class Worker : std::uint32_t { awake, dozing, watching, idle, absent };

  // --- producers ---------------------------------------------------------------------------------
  // After a push: whether the worker is to be woken, or started. `batch_ready()` is only asked when
  // it dozes.
  template <typename F>
  [[nodiscard]] bool wanted(F&& batch_ready) const {
    const std::uint32_t state = word_.load(std::memory_order_seq_cst);
    if (state == to_word(Worker::awake)) [[likely]]
      return false;
    return state >= to_word(Worker::watching) || batch_ready();
  }
  // The same, after a span began.
  [[nodiscard]] bool wanted_for_open() const {
    return word_.load(std::memory_order_seq_cst) >= to_word(Worker::idle);
  }
  // Whatever it is doing.
  void wake();

  // --- the worker --------------------------------------------------------------------------------
  // Says how it is going to sleep. After this it must look for work once more, then sleep() or
  // stay_awake().
  void prepare(Worker state) { word_.store(to_word(state), std::memory_order_seq_cst); }
  void stay_awake() { prepare(Worker::awake); }
  // Until woken, or for at most `duration` (Nanos::max(): without end). Awake afterwards.
  void sleep(core::Nanos duration);

 private:
  static constexpr std::uint32_t to_word(Worker state) { return static_cast<std::uint32_t>(state); }
  std::atomic<std::uint32_t> word_{to_word(Worker::absent)};
};

}  // namespace spawn::telemetry
