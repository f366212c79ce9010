// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
#include "core/file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>

#include "core/text.h"

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

Status make_private_folder(const std::string& path) {
  for (std::size_t at = path.find('/', 1);; at = path.find('/', at + 1)) {
    const std::string folder = path.substr(0, at);
    if (::mkdir(folder.c_str(), 0700) != 0 && errno != EEXIST) {
      return fail(system_error("mkdir " + visible(folder), errno));
    }
    if (at == std::string::npos) return ok();
  }
}

Status make_private_file(const std::string& path) {
  const auto slash = path.rfind('/');
  if (slash != std::string::npos && slash != 0) {
    if (auto made = make_private_folder(path.substr(0, slash)); !made) return made;
  }
  const Fd file(::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600));
  if (!file.valid()) return fail(system_error("open " + visible(path), errno));
  return ok();
}

}  // namespace spawn::core
