// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
//
// A bounded ring of span records: many producers, one consumer, no lock. Each slot is 512 bytes and
// carries a turn number: 2·lap when it is free for that lap, 2·lap + 1 when it holds a record, so
// zeroed memory is an empty ring and pages are touched only when used. The memory is its owner's
// and may be a file's: a record stays in its slot until the consumer, who has put it in a safe
// place, releases the slot, so that a successor finds there what a killed process had not saved
// (store/adopt.cc). Only records without a spill go in.
//
// When it is full the oldest record goes. A producer never waits for long: if the slot is still
// being read or written by another thread, the new record is dropped instead. Every drop is
// counted, once.
#pragma once

#include <atomic>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <new>

#include "core/result.h"
#include "trace/span_record.h"

namespace spawn::telemetry {

class Ring {
 public:
  static constexpr std::size_t kSlotBytes = 512;

  // `slots` is a power of two; `memory` has that many times kSlotBytes, zeroed, and outlives it.
  Ring(std::size_t slots, void* memory)
      : shift_(static_cast<unsigned>(std::countr_zero(slots))),
        mask_(slots - 1),
        slots_(static_cast<Slot*>(memory)) {
    SPAWN_CHECK(std::has_single_bit(slots));
  }
  Ring(const Ring&) = delete;
  Ring& operator=(const Ring&) = delete;

  // Moves the record in; where it is, counted from the first one of all. Any thread.
  std::uint64_t push(trace::SpanRecord& record) noexcept {
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
          return position;
        }
        continue;
      }
      const std::uint64_t seen = position;
      position = tail_.load(std::memory_order_relaxed);
      if (position == seen && !make_room(slot, free_turn)) {
        dropped_new_.fetch_add(1, std::memory_order_relaxed);
        return position;
      }
    }
  }

  // A record that the consumer holds: in its slot until release().
  struct Held {
    trace::SpanRecord* record = nullptr;  // null: there was none that is complete
    std::uint64_t position = 0;           // counts every record of the ring
  };
  // The oldest record. The consumer only.
  Held take() {
    Slot* slot = claim_oldest();
    if (slot == nullptr) return {};
    const std::uint64_t lap = slot->turn.load(std::memory_order_relaxed) / 2;
    return {&slot->record(), (lap << shift_) + static_cast<std::uint64_t>(slot - slots_)};
  }
  void release(const Held& held) { release(slots_[held.position & mask_]); }

  // Pushed and neither popped nor dropped yet; approximate while others are at work.
  [[nodiscard]] std::size_t size() const {
    const std::uint64_t head = head_.load(std::memory_order_seq_cst);
    const std::uint64_t tail = tail_.load(std::memory_order_seq_cst);
    return tail > head ? tail - head : 0;
  }
  // Where the oldest one is.
  [[nodiscard]] std::uint64_t head() const { return head_.load(std::memory_order_relaxed); }
  [[nodiscard]] std::size_t capacity() const { return mask_ + 1; }

  // Every record that was ever handed to push(), and those that were dropped, old or new.
  [[nodiscard]] std::uint64_t pushed() const {
    return tail_.load(std::memory_order_relaxed) + dropped_new_.load(std::memory_order_relaxed);
  }
  [[nodiscard]] std::uint64_t dropped() const {
    return dropped_old_.load(std::memory_order_relaxed) +
           dropped_new_.load(std::memory_order_relaxed);
  }

  // Forgets all counts. Only while nobody else uses it, and its memory is zero (in a forked child).
  void reset() {
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
  static_assert(sizeof(Slot) == kSlotBytes);

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

  // The slot at the tail is taken: the ring is full. Drops the oldest record, unless the consumer
  // holds the one in this very slot, and waits, briefly, until the slot is free. False when that
  // cannot be had at once.
  [[gnu::noinline]] bool make_room(const Slot& slot, std::uint64_t free_turn) {
    const std::uint64_t index = static_cast<std::uint64_t>(&slot - slots_);
    const std::uint64_t inside = (((free_turn / 2) - 1) << shift_) + index;
    if (head_.load(std::memory_order_relaxed) <= inside) {
      Slot* oldest = claim_oldest();
      if (oldest == nullptr) return false;
      release(*oldest);
      dropped_old_.fetch_add(1, std::memory_order_relaxed);
    }
    // Some 200 ns. The consumer may have lost its processor with this slot in hand: then a thousand
    // producers' spans would each wait for it, and be dropped all the same.
    constexpr int kSpins = 16;
    for (int spins = 0; spins < kSpins; ++spins) {
      if (slot.turn.load(std::memory_order_acquire) >= free_turn) return true;
#if defined(__x86_64__)
      __builtin_ia32_pause();
#endif
    }
    return false;
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
