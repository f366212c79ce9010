// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
//
// The head of a spool: how far each reader has come, the resource of the process, its open spans
// and the slots of its ring, in memory that is shared with a file. What a killed process had
// written there is there still; no system call is made to write it. The file is locked as long as
// its process lives: who gets the lock owns the spool.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "core/file.h"
#include "core/result.h"
#include "store/open_spans.h"

namespace spawn::store {

inline constexpr std::size_t kMaxReaders = 8;
inline constexpr std::size_t kMaxReaderName = 119;
inline constexpr std::size_t kSlotBytes = 512;

// For each bit what most of the three have.
template <typename T>
constexpr T majority(T a, T b, T c) {
  return static_cast<T>((a & b) | (a & c) | (b & c));
}

// A number that is kept three times, so that neither a flipped bit nor a kill between the writes
// makes it a wrong one: a successor repairs it by vote.
class Voted {
 public:
  [[nodiscard]] std::uint64_t load() const { return copies_[0].load(std::memory_order_acquire); }
  void store(std::uint64_t value) {
    for (auto& copy : copies_) copy.store(value, std::memory_order_release);
  }
  void repair() { store(majority(copies_[0].load(), copies_[1].load(), copies_[2].load())); }

 private:
  std::atomic<std::uint64_t> copies_[3];
};

class Head {
 public:
  class Reader {
   public:
    [[nodiscard]] const char* name() const { return names_[0]; }  // "": nobody
    void set_name(std::string_view name);
    void repair();

    Voted done;  // every span below this sequence is settled

   private:
    char names_[3][kMaxReaderName + 1];  // as Voted
  };
  static constexpr std::size_t kMaxResource = 12 * 1024;
  struct Fixed {
    char magic[8];
    std::uint32_t format;
    std::uint32_t slots;
    std::uint32_t resource_size;
    std::uint32_t resource_crc;
    std::atomic<std::int64_t> alive_wall_ns;
    Voted appended;    // spans in segments so far
    Voted ring_taken;  // positions of the ring below this are in segments
    // What was appended from this sequence on, plus one, ended with its process, which counted it;
    // 0: nothing.
    Voted gone_from;
    std::atomic<std::uint64_t> dropped;  // spans that were dropped because all was full
    Reader readers[kMaxReaders];
    char resource[kMaxResource];
  };

  // In memory alone.
  static core::Result<Head> in_memory(std::size_t slots);
  // `path` must not exist. The disk space is taken at once, so that no later write can fail.
  static core::Result<Head> create(const std::string& path, std::size_t slots);
  // Code::unavailable when its process lives, Code::protocol when it is no head that we know.
  static core::Result<Head> open(const std::string& path);

  Head(Head&& other) noexcept;
  Head& operator=(Head&& other) noexcept;
  Head(const Head&) = delete;
  Head& operator=(const Head&) = delete;
  ~Head();

  [[nodiscard]] Fixed& fixed() const { return *static_cast<Fixed*>(memory_); }
  [[nodiscard]] void* open_spans() const { return static_cast<std::byte*>(memory_) + kOpenAt; }
  [[nodiscard]] void* slots() const { return static_cast<std::byte*>(memory_) + kSlotsAt; }

  // The slots are not used any more: they need no memory.
  void drop_slots() const;
  // In a forked child, before anything is written: the memory is its own from now on, empty, and
  // the lock is its parent's. The readers stay.
  void leave_to_parent();

 private:
  static constexpr std::size_t kOpenAt = 16 * 1024;
  static constexpr std::size_t kSlotsAt = kOpenAt + OpenSpans::kBytes;
  static_assert(sizeof(Fixed) <= kOpenAt && kSlotsAt % 4096 == 0);

  Head(void* memory, std::size_t bytes, core::Fd fd)
      : memory_(memory), bytes_(bytes), fd_(std::move(fd)) {}
  static std::size_t bytes_for(std::size_t slots) { return kSlotsAt + slots * kSlotBytes; }
  static core::Result<Head> map(core::Fd fd, std::size_t bytes, const std::string& path);
  static void begin(Fixed& fixed, std::size_t slots);

  void* memory_ = nullptr;
  std::size_t bytes_ = 0;
  core::Fd fd_;
};

}  // namespace spawn::store
