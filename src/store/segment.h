// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
//
// One part of a spool: a file that is written to its end and may begin anew, or memory. Readable by
// its owner alone. Not thread-safe.
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <string_view>

#include "core/file.h"
#include "core/result.h"
#include "trace/resource.h"

namespace spawn::store {

class Segment {
 public:
  // `path` must not exist; "" for memory. `begin` is the sequence of the first span it will hold.
  static core::Result<Segment> create(const std::string& path, std::uint64_t begin);
  // One that is there already.
  static core::Result<Segment> open(const std::string& path);

  // All of it or nothing. The disk may be full.
  core::Status append(std::string_view bytes);
  // As many bytes as there are, at most `size`; `to` is overwritten.
  core::Status read(std::uint64_t offset, std::size_t size, std::string& to) const;
  void overwrite(std::uint64_t offset, std::string_view bytes);
  void truncate(std::uint64_t size);
  // The next bytes go over the first ones, and what is behind them stays in the file: a page that
  // is there costs the file system a fraction of what a new one does.
  void rewind();
  // As if newly made there; false, and nothing done, when it cannot be.
  bool begin_anew(const std::string& path, std::uint64_t begin);
  // The same in a file that must not exist. An error leaves none.
  [[nodiscard]] core::Result<Segment> copy_to(const std::string& path) const;
  // The file goes, or nothing happens in memory.
  void unlink() const;

  [[nodiscard]] std::uint64_t size() const { return size_; }
  [[nodiscard]] bool on_disk() const { return !path_.empty(); }
  [[nodiscard]] const std::string& path() const { return path_; }

  // Sequences of the spans in it: [begin, end).
  std::uint64_t begin = 0;
  std::uint64_t end = 0;
  // By reader: spans that it took and has not settled.
  std::array<std::uint64_t, 8> taken{};
  // Those its frames have named so far, by id.
  std::map<std::uint32_t, std::shared_ptr<const trace::Resource>> resources;

 private:
  Segment(core::Fd fd, std::string path) : fd_(std::move(fd)), path_(std::move(path)) {}
  core::Fd fd_;
  std::string path_;    // "": in memory
  std::string memory_;  // then
  std::uint64_t size_ = 0;
};

}  // namespace spawn::store
