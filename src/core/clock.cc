// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
#include "core/clock.h"

#include <time.h>

#include <cerrno>

namespace spawn::core {
namespace {

constexpr std::int64_t kSecond = 1'000'000'000;
constexpr std::int64_t kAnchorLife = 10'000'000;

std::int64_t read_clock(clockid_t id) {
  timespec now;
  clock_gettime(id, &now);
  return now.tv_sec * kSecond + now.tv_nsec;
}

// Zero means: never read.
thread_local constinit Instant anchor;

}  // namespace

Instant SystemClock::now() {
  const std::int64_t steady = read_clock(CLOCK_MONOTONIC);
  const std::int64_t since = steady - anchor.steady_ns;
  if (since > kAnchorLife || anchor.steady_ns == 0) [[unlikely]] {
    anchor = {read_clock(CLOCK_REALTIME), steady};
    return anchor;
  }
  return {anchor.wall_ns + since, steady};
}

std::int64_t SystemClock::steady_ns() { return read_clock(CLOCK_MONOTONIC); }

void SystemClock::sleep_for(Nanos duration) {
  if (duration.count() <= 0) return;
  timespec left{duration.count() / kSecond, duration.count() % kSecond};
  while (nanosleep(&left, &left) != 0 && errno == EINTR) {
  }
}

}  // namespace spawn::core
