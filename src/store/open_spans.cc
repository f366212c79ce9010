// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
#include "store/open_spans.h"

#include <algorithm>
#include <cstring>

#include "core/text.h"

namespace spawn::store {
namespace {

struct Entry {
  trace::TraceId trace_id;
  trace::SpanId span_id;
  trace::SpanId parent_id;
  std::int64_t start_ns;
  std::int64_t steady_ns;
  trace::SpanKind kind;
  std::uint8_t flags;
  std::uint8_t parent_remote;
  std::uint8_t name_size;
  char name[OpenSpans::kMaxName];
};
constexpr std::size_t kWords = 15;
static_assert(sizeof(Entry) <= kWords * sizeof(std::uint64_t));

constexpr std::uint64_t kFree = 0;
constexpr std::uint64_t kWriting = 1;
constexpr std::uint64_t kOpen = 2;
constexpr std::uint64_t kStateBits = 3;

// Where this thread's last span was: free again, most often.
thread_local constinit std::size_t hint = 0;
constexpr std::size_t kTries = 8;

}  // namespace

int OpenSpans::enter(const trace::SpanHead& span, std::string_view name,
                     std::int64_t steady_ns) noexcept {
  for (std::size_t i = 0; i < kTries; ++i) {
    // Far enough apart that threads that begin at the same place soon have places of their own.
    const std::size_t at = (hint + i * 37) % kSlots;
    Slot& slot = slots_[at];
    std::uint64_t turn = slot.turn.load(std::memory_order_relaxed);
    if ((turn & kStateBits) != kFree ||
        !slot.turn.compare_exchange_strong(turn, turn | kWriting, std::memory_order_seq_cst,
                                           std::memory_order_relaxed)) {
      continue;
    }
    hint = at;
    Entry entry;
    entry.trace_id = span.trace_id;
    entry.span_id = span.span_id;
    entry.parent_id = span.parent_id;
    entry.start_ns = span.start_ns;
    entry.steady_ns = steady_ns;
    entry.kind = span.kind;
    entry.flags = span.flags;
    entry.parent_remote = span.parent_remote ? 1 : 0;
    entry.name_size = static_cast<std::uint8_t>(std::min(name.size(), kMaxName));
    std::memcpy(entry.name, name.data(), entry.name_size);
    std::uint64_t words[kWords];
    const std::size_t used = offsetof(Entry, name) + entry.name_size;
    std::memcpy(words, &entry, sizeof(Entry));
    for (std::size_t word = 0; word * sizeof(std::uint64_t) < used; ++word) {
      slot.words[word].store(words[word], std::memory_order_relaxed);
    }
    slot.turn.store(turn | kOpen, std::memory_order_release);
    return static_cast<int>(at);
  }
  return kNone;
}

bool OpenSpans::empty() const {
  for (std::size_t slot = 0; slot < kSlots; ++slot) {
    if ((slots_[slot].turn.load(std::memory_order_seq_cst) & kStateBits) != kFree) return false;
  }
  return true;
}

bool OpenSpans::still_open(std::size_t slot, std::uint64_t turn) const {
  return slots_[slot].turn.load(std::memory_order_acquire) == turn * 4 + kOpen;
}

bool OpenSpans::read(std::size_t at, std::uint64_t& turn, std::int64_t& steady_ns,
                     trace::SpanRecord& record) const {
  const Slot& slot = slots_[at];
  const std::uint64_t before = slot.turn.load(std::memory_order_acquire);
  if ((before & kStateBits) != kOpen) return false;
  std::uint64_t words[kWords];
  for (std::size_t word = 0; word < kWords; ++word) {
    words[word] = slot.words[word].load(std::memory_order_relaxed);
  }
  std::atomic_thread_fence(std::memory_order_acquire);
  if (slot.turn.load(std::memory_order_relaxed) != before) return false;
  Entry entry;
  std::memcpy(static_cast<void*>(&entry), words, sizeof entry);
  if (entry.name_size > kMaxName || entry.kind > trace::SpanKind::consumer) return false;
  turn = before / 4;
  steady_ns = entry.steady_ns;
  record.trace_id = entry.trace_id;
  record.span_id = entry.span_id;
  record.parent_id = entry.parent_id;
  record.start_ns = entry.start_ns;
  record.end_ns = entry.start_ns;
  record.kind = entry.kind;
  record.flags = entry.flags;
  record.parent_remote = entry.parent_remote != 0;
  record.set_name(std::string_view(entry.name, entry.name_size));
  return true;
}

}  // namespace spawn::store
