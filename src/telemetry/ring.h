// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
//
// A bounded ring of span records: many producers, one consumer, no lock. Each slot is 512 bytes and
// carries a turn number: 2·lap when it is free for that lap, 2·lap + 1 when it holds a record, so
// zeroed memory is an empty ring and pages are touched only when used.
//
// When it is full the oldest record goes. A producer never waits for long: if the slot is still
// being read or written by another thread, the new record is dropped instead. Every drop is
// counted, once.
#pragma once

#include <atomic>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <new>

#include "core/result.h"
#include "trace/span_record.h"

namespace spawn::telemetry {

class Ring {
 public:
  // `slots` is rounded up to a power of two.
  explicit Ring(std::size_t slots)
      : shift_(static_cast<unsigned>(std::countr_zero(std::bit_ceil(slots)))),
        mask_((std::size_t{1} << shift_) - 1),
        slots_(static_cast<Slot*>(std::calloc(mask_ + 1, sizeof(Slot)))) {
    SPAWN_CHECK(slots_ != nullptr);
  }
  ~Ring() {
    clear();
    std::free(slots_);
  }
  Ring(const Ring&) = delete;
  Ring& operator=(const Ring&) = delete;

  // Moves the record in. Any thread.
  void push(trace::SpanRecord& record) noexcept {
    // Sequentially consistent, so that a producer which then finds the worker asleep and a worker
    // that falls asleep cannot both miss each other (wakeup.h). Costs nothing over relaxed on x86.
    std::uint64_t position = tail_.load(std::memory_order_relaxed);
    for (;;) {
      Slot& slot = slots_[position & mask_];
      const std::uint64_t free_turn = 2 * (position >> shift_);
      if (slot.turn.load(std::memory_order_acquire) == free_turn) [[likely]] {
        if (tail_.compare_exchange_weak(position, position + 1, std::memory_order_seq_cst,
                                        std::memory_order_relaxed)) {
          new (slot.bytes) trace::SpanRecord(std::move(record));
          slot.turn.store(free_turn + 1, std::memory_order_release);
          return;
        }
        continue;
      }
      const std::uint64_t seen = position;
      position = tail_.load(std::memory_order_relaxed);
      if (position == seen && !make_room(slot, free_turn)) {
        dropped_new_.fetch_add(1, std::memory_order_relaxed);
        return;
      }
    }
  }

  // f(SpanRecord&&) on the oldest record; false when there is none that is complete. The consumer
  // only.
  template <typename F>
  bool pop(F&& f) {
    Slot* slot = claim_oldest();
    if (slot == nullptr) return false;
    f(std::move(slot->record()));
    release(*slot);
    return true;
  }

  // Pushed and neither popped nor dropped yet; approximate while others are at work.
  [[nodiscard]] std::size_t size() const {
    const std::uint64_t head = head_.load(std::memory_order_seq_cst);
    const std::uint64_t tail = tail_.load(std::memory_order_seq_cst);
    return tail > head ? tail - head : 0;
  }
  [[nodiscard]] std::size_t capacity() const { return mask_ + 1; }

  // Every record that was ever handed to push(), and those that were dropped, old or new.
  [[nodiscard]] std::uint64_t pushed() const {
    return tail_.load(std::memory_order_relaxed) + dropped_new_.load(std::memory_order_relaxed);
  }
  [[nodiscard]] std::uint64_t dropped() const {
    return dropped_old_.load(std::memory_order_relaxed) +
           dropped_new_.load(std::memory_order_relaxed);
  }

  // Empties it and forgets all counts. Only while nobody else uses it (in a forked child).
  void reset() {
    clear();
    for (std::size_t i = 0; i <= mask_; ++i) slots_[i].turn.store(0, std::memory_order_relaxed);
    head_.store(0);
    tail_.store(0);
    dropped_old_.store(0);
    dropped_new_.store(0);
  }

 private:
  struct Slot {
    std::atomic<std::uint64_t> turn;
    alignas(8) std::byte bytes[sizeof(trace::SpanRecord)];
    trace::SpanRecord& record() {
      return *std::launder(reinterpret_cast<trace::SpanRecord*>(bytes));
    }
  };
  static_assert(sizeof(Slot) <= 512);

  // Claims the oldest complete record: its slot belongs to the caller until release().
  Slot* claim_oldest() {
    std::uint64_t position = head_.load(std::memory_order_relaxed);
    for (;;) {
      Slot& slot = slots_[position & mask_];
      const std::uint64_t full_turn = 2 * (position >> shift_) + 1;
      if (slot.turn.load(std::memory_order_acquire) == full_turn) {
        if (head_.compare_exchange_weak(position, position + 1, std::memory_order_seq_cst,
                                        std::memory_order_relaxed)) {
          return &slot;
        }
        continue;
      }
      const std::uint64_t seen = position;
      position = head_.load(std::memory_order_relaxed);
      if (position == seen) return nullptr;
    }
  }

  static void release(Slot& slot) {
    slot.record().~SpanRecord();
    // Whoever claimed the slot is alone with it: full turn + 1 is the free turn of the next lap.
    slot.turn.store(slot.turn.load(std::memory_order_relaxed) + 1, std::memory_order_release);
  }

  // The slot at the tail is taken: the ring is full. Drops the oldest record and waits, briefly,
  // until the slot is free. False when that cannot be had at once.
  [[gnu::noinline]] bool make_room(const Slot& slot, std::uint64_t free_turn) {
    Slot* oldest = claim_oldest();
    if (oldest == nullptr) return false;
    release(*oldest);
    dropped_old_.fetch_add(1, std::memory_order_relaxed);
    // The consumer may be just moving a record out of this very slot.
    for (int spins = 0; spins < 256; ++spins) {
      if (slot.turn.load(std::memory_order_acquire) >= free_turn) return true;
#if defined(__x86_64__)
      __builtin_ia32_pause();
#endif
    }
    return false;
  }

  void clear() {
    while (Slot* slot = claim_oldest()) release(*slot);
  }

  unsigned shift_;
  std::size_t mask_;
  Slot* slots_;
  alignas(64) std::atomic<std::uint64_t> tail_{0};
  alignas(64) std::atomic<std::uint64_t> head_{0};
  alignas(64) std::atomic<std::uint64_t> dropped_old_{0};
  std::atomic<std::uint64_t> dropped_new_{0};
};

}  // namespace spawn::telemetry
