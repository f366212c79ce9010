// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
//
// How producers wake the worker: one word that says whether it is awake, dozing (has spans, waits
// for a batch or its time), watching (has none, but wakes for spans that are open for long) or idle
// (sleeps without end). A producer looks at the word
// after each push; only the one that finds the worker idle, or dozing with a batch complete, makes
// a system call (futex), and only one of several does. Nothing here can be left locked by a fork.
#pragma once

#include <atomic>
#include <cstdint>

#include "core/clock.h"

namespace spawn::telemetry {

class Wakeup {
 public:
  enum class Worker : std::uint32_t { awake, dozing, watching, idle };

  // --- producers ---------------------------------------------------------------------------------
  // After a push. `batch_ready()` is only asked when the worker dozes.
  template <typename F>
  void pushed(F&& batch_ready) {
    const std::uint32_t state = word_.load(std::memory_order_seq_cst);
    if (state == to_word(Worker::awake)) [[likely]]
      return;
    if (state >= to_word(Worker::watching) || batch_ready()) wake();
  }
  // A span began.
  void opened() {
    if (word_.load(std::memory_order_seq_cst) == to_word(Worker::idle)) wake();
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
  std::atomic<std::uint32_t> word_{0};
};

}  // namespace spawn::telemetry
