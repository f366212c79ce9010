// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
//
// Reading and writing a whole small file, making files and folders that are their owner's alone,
// and owning a file descriptor.
#pragma once

#include <string>
#include <string_view>
#include <utility>

#include "core/result.h"

namespace spawn::core {

// Closes on destruction. -1 is "none".
class Fd {
 public:
  Fd() = default;
  explicit Fd(int fd) : fd_(fd) {}
  Fd(Fd&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
  Fd& operator=(Fd&& other) noexcept {
    std::swap(fd_, other.fd_);
    return *this;
  }
  Fd(const Fd&) = delete;
  Fd& operator=(const Fd&) = delete;
  ~Fd() { reset(); }

  [[nodiscard]] int get() const { return fd_; }
  [[nodiscard]] bool valid() const { return fd_ >= 0; }
  void reset();

 private:
  int fd_ = -1;
};

// Code::not_found when there is no such file, Code::permission_denied when it may not be read,
// Code::io for the rest, a file of more than `max_bytes` included. The message names the path.
Result<std::string> read_file(const std::string& path, std::size_t max_bytes = 64U << 20);

// Replaces the file, or makes it, so that readers see the old or the new one whole. Only its owner
// may read it. The folder must be there.
Status write_private_file(const std::string& path, std::string_view text);

// The folder and those above it. Its owner's alone where they are made.
Status make_private_folder(const std::string& path);

// An empty file that only its owner may read and write, unless it is there, and the folders above
// it. For what a library would make with the umask.
Status make_private_file(const std::string& path);

}  // namespace spawn::core
