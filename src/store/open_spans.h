// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
//
// The spans that are open right now: ids, start, kind and the beginning of the name, in memory that
// may be shared with a file, so that a successor knows what a killed process had not ended. Any
// thread enters and removes, without lock, allocation or system call: some 20 ns together. A table
// that is full knows no more: a span that is not in it is only neither announced nor closed.
#pragma once

#include <atomic>
#include <cstdint>
#include <string_view>

#include "trace/span_record.h"

namespace spawn::store {

class OpenSpans {
 public:
  static constexpr std::size_t kSlots = 256;
  static constexpr std::size_t kMaxName = 56;
  static constexpr int kNone = -1;

  // One open span. `turn` is another one each time that the slot is used anew.
  struct Slot {
    std::atomic<std::uint64_t> turn;  // · 4 + {0 free, 1 being written, 2 open}
    std::atomic<std::uint64_t> words[15];
  };
  static_assert(sizeof(Slot) == 128 && std::atomic<std::uint64_t>::is_always_lock_free);
  static constexpr std::size_t kBytes = kSlots * sizeof(Slot);

  // Zeroed memory is an empty table.
  explicit OpenSpans(void* memory) : slots_(static_cast<Slot*>(memory)) {}

  // The slot, for remove(), or kNone.
  int enter(const trace::SpanHead& span, std::string_view name, std::int64_t steady_ns) noexcept;
  void remove(int slot) noexcept {
    if (slot == kNone) return;
    std::atomic<std::uint64_t>& turn = slots_[slot].turn;
    turn.store((turn.load(std::memory_order_relaxed) / 4 + 1) * 4, std::memory_order_release);
  }

  struct Seen {
    std::size_t slot;
    std::uint64_t turn;
    std::int64_t steady_ns;     // when it began, by its process's steady clock
    trace::SpanRecord& record;  // head, but for the resource, and name; to be moved from
  };
  // f(Seen) for every span that is open.
  template <typename F>
  void for_each(F&& f) const {
    for (std::size_t slot = 0; slot < kSlots; ++slot) {
      trace::SpanRecord record;
      std::uint64_t turn = 0;
      std::int64_t steady_ns = 0;
      if (read(slot, turn, steady_ns, record)) f(Seen{slot, turn, steady_ns, record});
    }
  }
  // Nobody is in it, nor about to be.
  [[nodiscard]] bool empty() const;
  [[nodiscard]] bool still_open(std::size_t slot, std::uint64_t turn) const;

 private:
  bool read(std::size_t slot, std::uint64_t& turn, std::int64_t& steady_ns,
            trace::SpanRecord& record) const;
  Slot* slots_;
};

}  // namespace spawn::store
