// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
#include "core/file.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>

namespace spawn::core {

void Fd::reset() {
  if (fd_ >= 0) ::close(fd_);
  fd_ = -1;
}

Result<std::string> read_file(const std::string& path, std::size_t max_bytes) {
  const Fd fd(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (!fd.valid()) return fail(system_error(path, errno));
  std::string content;
  char chunk[16384];
  for (;;) {
    const ssize_t got = ::read(fd.get(), chunk, sizeof chunk);
    if (got == 0) return content;
    if (got < 0) {
      if (errno == EINTR) continue;
      return fail(system_error(path, errno));
    }
    content.append(chunk, static_cast<std::size_t>(got));
    if (content.size() > max_bytes) {
      return fail(Code::io, path + ": larger than " + std::to_string(max_bytes) + " bytes");
    }
  }
}

Status write_private_file(const std::string& path, std::string_view text) {
  std::string temporary = path + ".XXXXXX";  // mkostemp makes it 0600
  const Fd fd(::mkostemp(temporary.data(), O_CLOEXEC));
  if (!fd.valid()) return fail(system_error(path, errno));
  const auto give_up = [&] {
    const int error_number = errno;
    ::unlink(temporary.c_str());
    return fail(system_error(path, error_number));
  };
  while (!text.empty()) {
    const ssize_t written = ::write(fd.get(), text.data(), text.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) return give_up();
    text.remove_prefix(static_cast<std::size_t>(written));
  }
  if (::rename(temporary.c_str(), path.c_str()) != 0) return give_up();
  return ok();
}

}  // namespace spawn::core
