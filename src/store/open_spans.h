// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
//
// The spans that are open right now: ids, start, kind and the beginning of the name, in memory that
// may be shared with a file, so that a successor knows what a killed process had not ended. Any
// thread enters and removes, without lock, allocation or system call: some 20 ns together. A table
// that is full knows no more: a span that is not in it is only neither announced nor closed.
#pragma once

#include <algorithm>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string_view>

#include "trace/span_record.h"

namespace spawn::store {

class OpenSpans {
 public:
  static constexpr std::size_t kSlots = 256;
  static constexpr std::size_t kMaxName = 56;
  static constexpr std::size_t kWords = 15;
  static constexpr int kNone = -1;

  // One open span. `turn` is another one each time that the slot is used anew.
  struct Slot {
    std::atomic<std::uint64_t> turn;  // · 4 + {0 free, 1 being written, 2 open}
    std::atomic<std::uint64_t> words[kWords];

    // Whoever reads it sees also that the turn has changed. A plain store on x86.
    void store(std::size_t word, std::uint64_t value) {
      words[word].store(value, std::memory_order_release);
    }
  };
  static_assert(sizeof(Slot) == 128 && std::atomic<std::uint64_t>::is_always_lock_free);
  static constexpr std::size_t kBytes = kSlots * sizeof(Slot);

  // Zeroed memory is an empty table.
  explicit OpenSpans(void* memory) : slots_(static_cast<Slot*>(memory)) {}

  // The slot, for remove(), or kNone.
  int enter(const trace::SpanHead& span, std::string_view name, std::int64_t steady_ns) noexcept {
    const std::size_t at = hint;
    if (enter_at(at, span, name, steady_ns)) [[likely]]
      return static_cast<int>(at);
    return enter_elsewhere(span, name, steady_ns);
  }
  void remove(int slot) noexcept {
    if (slot == kNone) return;
    std::atomic<std::uint64_t>& turn = slots_[slot].turn;
    turn.store((turn.load(std::memory_order_relaxed) | kStateBits) + 1, std::memory_order_release);
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
  static constexpr std::uint64_t kFree = 0;
  static constexpr std::uint64_t kWriting = 1;
  static constexpr std::uint64_t kOpen = 2;
  static constexpr std::uint64_t kStateBits = 3;

  // What the words of a slot hold. The name follows, eight bytes a word.
  enum Word : std::size_t { trace_high, trace_low, own, parent, start, steady, rest, name_begin };
  static constexpr std::size_t kBytesPerWord = sizeof(std::uint64_t);
  static_assert(name_begin * kBytesPerWord + kMaxName <= kWords * kBytesPerWord);

  // The word `rest`: the four bytes of the head from its kind on, then the size of the name.
  static_assert(offsetof(trace::SpanHead, flags) == offsetof(trace::SpanHead, kind) + 2 &&
                offsetof(trace::SpanHead, parent_remote) == offsetof(trace::SpanHead, kind) + 3);
  static std::uint64_t pack(const trace::SpanHead& span, std::size_t name_size) {
    std::uint32_t bytes;
    std::memcpy(&bytes, &span.kind, sizeof bytes);
    return bytes | std::uint64_t{name_size} << 32;
  }
  static std::uint64_t word_at(const char* text) {
    std::uint64_t word;
    std::memcpy(&word, text, sizeof word);
    return word;
  }

  // False when somebody is in that slot.
  bool enter_at(std::size_t at, const trace::SpanHead& span, std::string_view name,
                std::int64_t steady_ns) noexcept {
    Slot& slot = slots_[at];
    std::uint64_t turn = slot.turn.load(std::memory_order_relaxed);
    if ((turn & kStateBits) != kFree ||
        !slot.turn.compare_exchange_strong(turn, turn | kWriting, std::memory_order_seq_cst,
                                           std::memory_order_relaxed)) {
      return false;
    }
    write_name(slot, name.substr(0, kMaxName));
    slot.store(trace_high, span.trace_id.high);
    slot.store(trace_low, span.trace_id.low);
    slot.store(own, span.span_id.value);
    slot.store(parent, span.parent_id.value);
    slot.store(start, static_cast<std::uint64_t>(span.start_ns));
    slot.store(steady, static_cast<std::uint64_t>(steady_ns));
    slot.store(rest, pack(span, std::min(name.size(), kMaxName)));
    slot.turn.store(turn | kOpen, std::memory_order_release);
    return true;
  }
  static void write_name(Slot& slot, std::string_view name) {
    if (name.size() < kBytesPerWord) [[unlikely]] {
      std::uint64_t bytes = 0;
      std::memcpy(&bytes, name.data(), name.size());
      slot.store(name_begin, bytes);
      return;
    }
    // The last word holds the last eight bytes, some of which the one before may have too.
    const std::size_t last = name.size() - kBytesPerWord;
    std::size_t word = name_begin;
    for (std::size_t byte = 0; byte < last; byte += kBytesPerWord) {
      slot.store(word++, word_at(name.data() + byte));
    }
    slot.store(word, word_at(name.data() + last));
  }
  int enter_elsewhere(const trace::SpanHead& span, std::string_view name,
                      std::int64_t steady_ns) noexcept;
  bool read(std::size_t slot, std::uint64_t& turn, std::int64_t& steady_ns,
            trace::SpanRecord& record) const;

  // Where this thread's last span was: free again, most often.
  static inline thread_local constinit std::size_t hint = 0;
  Slot* slots_;
};

}  // namespace spawn::store
