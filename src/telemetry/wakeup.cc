// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
#include "telemetry/wakeup.h"

#include <linux/futex.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

namespace spawn::telemetry {
namespace {

long futex(std::atomic<std::uint32_t>& word, int operation, std::uint32_t value,
           const timespec* timeout) {
  return syscall(SYS_futex, reinterpret_cast<std::uint32_t*>(&word), operation | FUTEX_PRIVATE_FLAG,
                 value, timeout, nullptr, 0);
}

}  // namespace

void Wakeup::wake() {
  if (word_.exchange(to_word(Worker::awake), std::memory_order_seq_cst) != to_word(Worker::awake)) {
    futex(word_, FUTEX_WAKE, 1, nullptr);
  }
}

void Wakeup::sleep(core::Nanos duration) {
  const std::uint32_t expected = word_.load(std::memory_order_relaxed);
  if (expected != to_word(Worker::awake)) {
    constexpr std::int64_t kSecond = 1'000'000'000;
    const timespec timeout{duration.count() / kSecond, duration.count() % kSecond};
    futex(word_, FUTEX_WAIT, expected, duration == core::Nanos::max() ? nullptr : &timeout);
  }
  stay_awake();
}

}  // namespace spawn::telemetry
