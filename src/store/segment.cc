// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
#include "store/segment.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <utility>

namespace spawn::store {

core::Result<Segment> Segment::create(const std::string& path, std::uint64_t begin) {
  core::Fd fd;
  if (!path.empty()) {
    fd = core::Fd(::open(path.c_str(), O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600));
    if (!fd.valid()) return core::fail(core::system_error(path, errno));
  }
  Segment segment(std::move(fd), path);
  segment.begin = begin;
  segment.end = begin;
  return segment;
}

core::Result<Segment> Segment::open(const std::string& path) {
  core::Fd fd(::open(path.c_str(), O_RDWR | O_CLOEXEC | O_NOFOLLOW));
  struct stat about {};
  if (!fd.valid() || fstat(fd.get(), &about) != 0) {
    return core::fail(core::system_error(path, errno));
  }
  Segment segment(std::move(fd), path);
  segment.size_ = static_cast<std::uint64_t>(about.st_size);
  return segment;
}

core::Status Segment::append(std::string_view bytes) {
  if (!on_disk()) {
    memory_.append(bytes);
    size_ = memory_.size();
    return core::ok();
  }
  std::uint64_t at = size_;
  while (!bytes.empty()) {
    const ssize_t written = ::pwrite(fd_.get(), bytes.data(), bytes.size(), static_cast<off_t>(at));
    if (written < 0 && errno == EINTR) continue;
    if (written <= 0) {
      const int error_number = written < 0 ? errno : ENOSPC;
      truncate(size_);
      return core::fail(core::system_error(path_, error_number));
    }
    at += static_cast<std::uint64_t>(written);
    bytes.remove_prefix(static_cast<std::size_t>(written));
  }
  size_ = at;
  return core::ok();
}

core::Status Segment::read(std::uint64_t offset, std::size_t size, std::string& to) const {
  if (!on_disk()) {
    to.assign(memory_, static_cast<std::size_t>(std::min(offset, size_)), size);
    return core::ok();
  }
  to.resize(size);
  std::size_t got = 0;
  while (got < size) {
    const ssize_t more =
        ::pread(fd_.get(), to.data() + got, size - got, static_cast<off_t>(offset + got));
    if (more < 0 && errno == EINTR) continue;
    if (more < 0) return core::fail(core::system_error(path_, errno));
    if (more == 0) break;
    got += static_cast<std::size_t>(more);
  }
  to.resize(got);
  return core::ok();
}

void Segment::overwrite(std::uint64_t offset, std::string_view bytes) {
  if (!on_disk()) {
    if (offset + bytes.size() > size_) return;
    memory_.replace(static_cast<std::size_t>(offset), bytes.size(), bytes);
    return;
  }
  // Not done: the span is sent once more than it had to be.
  (void)!::pwrite(fd_.get(), bytes.data(), bytes.size(), static_cast<off_t>(offset));
}

void Segment::truncate(std::uint64_t size) {
  if (!on_disk()) {
    memory_.resize(static_cast<std::size_t>(size));
    size_ = size;
  } else if (::ftruncate(fd_.get(), static_cast<off_t>(size)) == 0)
    size_ = size;
}

void Segment::rewind() {
  memory_.clear();
  size_ = 0;
}

bool Segment::begin_anew(const std::string& path, std::uint64_t first) {
  if (::rename(path_.c_str(), path.c_str()) != 0) return false;
  path_ = path;
  begin = end = first;
  taken = {};
  resources.clear();
  rewind();
  return true;
}

core::Result<Segment> Segment::copy_to(const std::string& path) const {
  auto copy = create(path, begin);
  if (!copy) return copy;
  std::string bytes;
  core::Status written = read(0, static_cast<std::size_t>(size_), bytes);
  if (written) written = copy->append(bytes);
  if (!written) {
    copy->unlink();
    return core::fail(std::move(written.error()));
  }
  copy->end = end;
  copy->taken = taken;
  copy->resources = resources;
  return copy;
}

void Segment::unlink() const {
  if (on_disk()) ::unlink(path_.c_str());
}

}  // namespace spawn::store
