// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
#include "core/clock.h"

#include <gtest/gtest.h>
#include <time.h>

#include <algorithm>

namespace spawn::core {
namespace {

std::int64_t kernel(clockid_t id) {
  timespec now;
  clock_gettime(id, &now);
  return now.tv_sec * 1'000'000'000 + now.tv_nsec;
}

// Read between two readings of the kernel's clock, it must be between them; however long the thread
// was interrupted. For long enough that it is carried forward by each of its ways, and anchored
// anew many times.
TEST(SystemClock, is_the_kernels_clock) {
  constexpr std::int64_t kLong = 100'000'000;
  // NTP may change how fast the kernel's clock runs.
  constexpr std::int64_t kSteadyError = 20'000;
  // NTP may set the wall clock while this runs; it does so by far less.
  constexpr std::int64_t kWallError = 1'000'000;
  SystemClock clock;
  std::int64_t too_early = 0;
  std::int64_t too_late = 0;
  std::int64_t wall_off = 0;
  const std::int64_t end = kernel(CLOCK_MONOTONIC) + kLong;
  while (kernel(CLOCK_MONOTONIC) < end) {
    const std::int64_t wall_before = kernel(CLOCK_REALTIME);
    const std::int64_t before = kernel(CLOCK_MONOTONIC);
    const Instant now = clock.now();
    const std::int64_t steady = clock.steady_ns();
    const std::int64_t after = kernel(CLOCK_MONOTONIC);
    const std::int64_t wall_after = kernel(CLOCK_REALTIME);
    too_early = std::max({too_early, before - now.steady_ns, before - steady});
    too_late = std::max({too_late, now.steady_ns - after, steady - after});
    wall_off = std::max({wall_off, wall_before - now.wall_ns, now.wall_ns - wall_after});
  }
  EXPECT_LT(too_early, kSteadyError);
  EXPECT_LT(too_late, kSteadyError);
  EXPECT_LT(wall_off, kWallError);
}

}  // namespace
}  // namespace spawn::core
