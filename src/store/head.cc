// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
#include "store/head.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <bit>
#include <cerrno>
#include <cstring>
#include <utility>

#include "store/frame.h"

namespace spawn::store {
namespace {

constexpr char kMagic[8] = {'s', 'p', 'a', 'w', 'n', 's', 'p', 'l'};
constexpr std::size_t kMaxSlots = 1U << 20;

}  // namespace

void Head::Reader::set_name(std::string_view name) {
  name = name.substr(0, kMaxReaderName);
  for (char* const copy : {names_[0], names_[1], names_[2]}) {
    std::memset(copy, 0, sizeof names_[0]);
    std::memcpy(copy, name.data(), name.size());
  }
}

void Head::Reader::repair() {
  done.repair();
  char voted[sizeof names_[0]];
  for (std::size_t i = 0; i < kMaxReaderName; ++i) {
    voted[i] = majority(names_[0][i], names_[1][i], names_[2][i]);
  }
  voted[kMaxReaderName] = '\0';
  set_name(voted);
}

core::Result<Head> Head::map(core::Fd fd, std::size_t bytes, const std::string& path) {
  const int flags = fd.valid() ? MAP_SHARED : MAP_PRIVATE | MAP_ANONYMOUS;
  void* memory = mmap(nullptr, bytes, PROT_READ | PROT_WRITE, flags, fd.get(), 0);
  if (memory == MAP_FAILED) return core::fail(core::system_error(path, errno));
  return Head(memory, bytes, std::move(fd));
}

void Head::begin(Fixed& fixed, std::size_t slots) {
  fixed.format = kFormat;
  fixed.slots = static_cast<std::uint32_t>(slots);
  // Last: without it, it is no head yet.
  std::memcpy(fixed.magic, kMagic, sizeof kMagic);
}

core::Result<Head> Head::in_memory(std::size_t slots) {
  auto head = map(core::Fd(), bytes_for(slots), "memory");
  if (head) begin(head->fixed(), slots);
  return head;
}

core::Result<Head> Head::create(const std::string& path, std::size_t slots) {
  core::Fd fd(::open(path.c_str(), O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600));
  if (!fd.valid()) return core::fail(core::system_error(path, errno));
  const auto give_up = [&](int error_number) {
    ::unlink(path.c_str());
    return core::fail(core::system_error(path, error_number));
  };
  if (flock(fd.get(), LOCK_EX | LOCK_NB) != 0) return give_up(errno);
  // Without the space, writing to the memory would kill the process.
  const int no_space = posix_fallocate(fd.get(), 0, static_cast<off_t>(bytes_for(slots)));
  if (no_space != 0) return give_up(no_space);
  auto head = map(std::move(fd), bytes_for(slots), path);
  if (!head) return give_up(ENOMEM);
  begin(head->fixed(), slots);
  return head;
}

core::Result<Head> Head::open(const std::string& path) {
  core::Fd fd(::open(path.c_str(), O_RDWR | O_CLOEXEC | O_NOFOLLOW));
  if (!fd.valid()) return core::fail(core::system_error(path, errno));
  if (flock(fd.get(), LOCK_EX | LOCK_NB) != 0) {
    return core::fail(core::Code::unavailable, path + ": its process lives");
  }
  struct stat about {};
  if (fstat(fd.get(), &about) != 0) return core::fail(core::system_error(path, errno));
  // Its last owner unlinked it between our open and our lock.
  if (about.st_nlink == 0) return core::fail(core::Code::not_found, path + ": gone");
  const auto bytes = static_cast<std::size_t>(about.st_size);
  if (bytes < kSlotsAt) return core::fail(core::Code::protocol, path + ": too short for a spool");
  auto head = map(std::move(fd), bytes, path);
  if (!head) return head;
  const Fixed& fixed = head->fixed();
  if (std::memcmp(fixed.magic, kMagic, sizeof kMagic) != 0) {
    return core::fail(core::Code::protocol, path + ": no spool of spawn");
  }
  if (fixed.format != kFormat) {
    return core::fail(core::Code::protocol, path + ": written by another version, in form " +
                                                std::to_string(fixed.format));
  }
  if (fixed.slots > kMaxSlots || !std::has_single_bit(fixed.slots) ||
      bytes < bytes_for(fixed.slots)) {
    return core::fail(core::Code::protocol, path + ": damaged");
  }
  head->fixed().appended.repair();
  head->fixed().ring_taken.repair();
  head->fixed().gone_from.repair();
  for (Reader& reader : head->fixed().readers) reader.repair();
  return head;
}

Head::Head(Head&& other) noexcept
    : memory_(std::exchange(other.memory_, nullptr)),
      bytes_(other.bytes_),
      fd_(std::move(other.fd_)) {}

Head& Head::operator=(Head&& other) noexcept {
  std::swap(memory_, other.memory_);
  std::swap(bytes_, other.bytes_);
  std::swap(fd_, other.fd_);
  return *this;
}

Head::~Head() {
  if (memory_ != nullptr) munmap(memory_, bytes_);
}

void Head::drop_slots() const { madvise(slots(), bytes_ - kSlotsAt, MADV_DONTNEED); }

void Head::leave_to_parent() {
  char names[kMaxReaders][kMaxReaderName + 1];
  for (std::size_t i = 0; i < kMaxReaders; ++i) {
    std::memcpy(names[i], fixed().readers[i].name(), sizeof names[i]);
  }
  const std::uint32_t slots = fixed().slots;
  // In place: pointers into it stay good.
  void* const mapped =
      mmap(memory_, bytes_, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0);
  SPAWN_CHECK(mapped == memory_);
  begin(fixed(), slots);
  for (std::size_t i = 0; i < kMaxReaders; ++i) fixed().readers[i].set_name(names[i]);
  fd_.reset();
}

}  // namespace spawn::store
