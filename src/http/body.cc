// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
#include "http/body.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <utility>

#include "core/rng.h"

namespace spawn::http {

core::Result<std::size_t> MemorySource::read(std::span<char> into) {
  const std::size_t size = rest_.copy(into.data(), into.size());
  rest_.remove_prefix(size);
  return size;
}

core::Status MemorySink::write(std::string_view bytes) {
  if (bytes.size() > max_bytes_ - text_.size()) {
    return core::fail(core::Code::protocol,
                      "the reply is larger than " + std::to_string(max_bytes_) + " bytes");
  }
  text_ += bytes;
  return core::ok();
}

FileSource::FileSource(FileSource&& other) noexcept
    : path_(std::move(other.path_)),
      fd_(std::move(other.fd_)),
      offset_(other.offset_),
      length_(other.length_),
      done_(other.done_) {}

core::Result<FileSource> FileSource::open(const std::string& path) {
  core::Fd fd(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
  if (!fd.valid()) return core::fail(core::system_error(path, errno));
  struct stat status {};
  if (::fstat(fd.get(), &status) != 0) return core::fail(core::system_error(path, errno));
  if (!S_ISREG(status.st_mode)) return core::fail(core::Code::io, path + ": is no regular file");
  return FileSource(path, std::move(fd), 0, static_cast<std::uint64_t>(status.st_size));
}

core::Result<FileSource> FileSource::range(std::uint64_t offset, std::uint64_t length) const {
  SPAWN_CHECK(offset <= length_ && length <= length_ - offset);
  // A descriptor of its own; reading is by position, so that the offset they share does not matter.
  core::Fd fd(::fcntl(fd_.get(), F_DUPFD_CLOEXEC, 0));
  if (!fd.valid()) return core::fail(core::system_error(path_, errno));
  return FileSource(path_, std::move(fd), offset_ + offset, length);
}

core::Result<std::size_t> FileSource::read(std::span<char> into) {
  const auto wanted =
      static_cast<std::size_t>(std::min<std::uint64_t>(into.size(), length_ - done_));
  ssize_t got = 0;
  do {
    got = ::pread(fd_.get(), into.data(), wanted, static_cast<off_t>(offset_ + done_));
  } while (got < 0 && errno == EINTR);
  if (got < 0) return core::fail(core::system_error(path_, errno));
  if (got == 0 && wanted > 0) {
    return core::fail(core::Code::io, path_ + ": became shorter while it was read");
  }
  done_ += static_cast<std::uint64_t>(got);
  return static_cast<std::size_t>(got);
}

core::Result<FileSink> FileSink::create(std::string path) {
  std::string temporary = path + "." + core::secure_random_hex(8) + ".part";
  core::Fd fd(::open(temporary.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666));
  if (!fd.valid()) return core::fail(core::system_error(path, errno));
  return FileSink(std::move(path), std::move(temporary), std::move(fd));
}

FileSink::FileSink(FileSink&& other) noexcept
    : path_(std::move(other.path_)),
      temporary_(std::exchange(other.temporary_, {})),
      fd_(std::move(other.fd_)) {}

FileSink::~FileSink() {
  if (!temporary_.empty()) ::unlink(temporary_.c_str());
}

core::Status FileSink::write(std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t done = ::write(fd_.get(), bytes.data(), bytes.size());
    if (done < 0 && errno == EINTR) continue;
    if (done < 0) return core::fail(core::system_error(path_, errno));
    bytes.remove_prefix(static_cast<std::size_t>(done));
  }
  return core::ok();
}

bool FileSink::restart() {
  return ::ftruncate(fd_.get(), 0) == 0 && ::lseek(fd_.get(), 0, SEEK_SET) == 0;
}

core::Status FileSink::commit() {
  if (std::rename(temporary_.c_str(), path_.c_str()) != 0) {
    return core::fail(core::system_error(path_, errno));
  }
  temporary_.clear();
  fd_.reset();
  return core::ok();
}

}  // namespace spawn::http
