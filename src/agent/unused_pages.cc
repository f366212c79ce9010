// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
#include "agent/unused_pages.h"

#include <malloc.h>
#include <sys/mman.h>

#include <charconv>
#include <cstdint>

#include "core/file.h"
#include "core/text.h"

namespace spawn::agent {
namespace {

// "7f12a000-7f12b000 r-xp 00001000 08:01 1234   /usr/lib/libcurl.so.4"; readable data stays, since
// the linker wrote addresses into some of it.
// https://man7.org/linux/man-pages/man5/proc_maps.5.html
void give_back(std::string_view line) {
  const std::size_t dash = line.find('-');
  const std::size_t blank = line.find(' ');
  if (dash == std::string_view::npos || blank == std::string_view::npos || dash > blank) return;
  if (line.substr(blank + 1, 4) != "r-xp" || line.find('/') == std::string_view::npos) return;
  std::uintptr_t begin = 0;
  std::uintptr_t end = 0;
  std::from_chars(line.data(), line.data() + dash, begin, 16);
  std::from_chars(line.data() + dash + 1, line.data() + blank, end, 16);
  if (begin == 0 || end <= begin) return;
  // NOLINTNEXTLINE(performance-no-int-to-ptr): the kernel gives addresses as text
  (void)madvise(reinterpret_cast<void*>(begin), end - begin, MADV_DONTNEED);
}

}  // namespace

void give_back_unused_code() {
  (void)malloc_trim(0);
  const auto maps = core::read_file("/proc/self/maps");
  if (!maps) return;
  for (const std::string_view line : core::split(*maps, '\n')) give_back(line);
}

}  // namespace spawn::agent
