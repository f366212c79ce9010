// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
#include "store/open_spans.h"

#include <algorithm>
#include <cstring>

#include "core/text.h"

namespace spawn::store {
namespace {

// Far enough apart that threads that begin at the same place soon have places of their own.
constexpr std::size_t kStride = 37;
constexpr std::size_t kTries = 8;

}  // namespace

int OpenSpans::enter_elsewhere(const trace::SpanHead& span, std::string_view name,
                               std::int64_t steady_ns) noexcept {
  for (std::size_t i = 1; i < kTries; ++i) {
    const std::size_t at = (hint + i * kStride) % kSlots;
    if (!enter_at(at, span, name, steady_ns)) continue;
    hint = at;
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
    words[word] = slot.words[word].load(std::memory_order_acquire);
  }
  if (slot.turn.load(std::memory_order_relaxed) != before) return false;
  const std::size_t name_size = words[rest] >> 32;
  const auto kind = static_cast<trace::SpanKind>(words[rest] & 0xFF);
  if (name_size > kMaxName || kind > trace::SpanKind::consumer) return false;
  char name[kMaxName + kBytesPerWord];
  std::memcpy(name, words + name_begin, kMaxName);
  if (name_size > kBytesPerWord) {
    const std::size_t last = (name_size - 1) / kBytesPerWord;
    std::memcpy(name + name_size - kBytesPerWord, words + name_begin + last, kBytesPerWord);
  }
  turn = before / 4;
  steady_ns = static_cast<std::int64_t>(words[steady]);
  record.trace_id = {words[trace_high], words[trace_low]};
  record.span_id = {words[own]};
  record.parent_id = {words[parent]};
  record.start_ns = static_cast<std::int64_t>(words[start]);
  record.end_ns = record.start_ns;
  record.kind = kind;
  record.flags = static_cast<std::uint8_t>(words[rest] >> 16);
  record.parent_remote = (words[rest] >> 24 & 1) != 0;
  record.set_name({name, name_size});
  return true;
}

}  // namespace spawn::store
