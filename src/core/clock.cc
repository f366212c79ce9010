// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
#include "core/clock.h"

#include <time.h>

#include <cerrno>

#include "core/file.h"
#include "core/tick_scale.h"

namespace spawn::core {
namespace {

constexpr std::int64_t kSecond = 1'000'000'000;
constexpr std::int64_t kAnchorLife = TickScale::kLeastNs;
// Two readings of the counter with one of the kernel's clock between them are some 100 ticks apart.
// If much more went by, the thread was interrupted, and they do not belong together.
constexpr std::uint64_t kUndisturbed = 2'000;

std::int64_t read_clock(clockid_t id) {
  timespec now;
  clock_gettime(id, &now);
  return now.tv_sec * kSecond + now.tv_nsec;
}

#if defined(__x86_64__)
std::uint64_t read_ticks() { return __builtin_ia32_rdtsc(); }

// Not every processor's counter runs at one speed, and alike on all its cores. The kernel tests it,
// and uses it for its own clock only if it does.
bool ticks_are_time() {
  static const bool trusted = [] {
    const auto source =
        read_file("/sys/devices/system/clocksource/clocksource0/current_clocksource");
    return source && *source == "tsc\n";
  }();
  return trusted;
}
#else
constexpr std::uint64_t read_ticks() { return 0; }
constexpr bool ticks_are_time() { return false; }
#endif

// What the thread reads the time from until the anchor is too old: the kernel's clocks at one
// moment, and the counter's. All zero, it is too old.
struct Anchor {
  Instant at;
  std::uint64_t ticks = 0;
  TickScale scale;
};
thread_local constinit Anchor anchor;

[[gnu::noinline]] Instant read_kernel() {
  const std::uint64_t before = read_ticks();
  const std::int64_t steady = read_clock(CLOCK_MONOTONIC);
  const std::uint64_t took = read_ticks() - before;
  const std::int64_t since = steady - anchor.at.steady_ns;
  if (since <= kAnchorLife) return {anchor.at.wall_ns + since, steady};
  const Instant now{read_clock(CLOCK_REALTIME), steady};
  if (took > kUndisturbed) return now;
  const std::uint64_t ticks = before + took / 2;
  const TickScale scale = ticks_are_time() ? TickScale(since, ticks - anchor.ticks) : TickScale();
  anchor = {now, ticks, scale};
  return now;
}

}  // namespace

Instant SystemClock::now() {
  const std::uint64_t since = read_ticks() - anchor.ticks;
  if (!anchor.scale.reaches(since)) [[unlikely]]
    return read_kernel();
  const std::int64_t ns = anchor.scale.ns(since);
  return {anchor.at.wall_ns + ns, anchor.at.steady_ns + ns};
}

std::int64_t SystemClock::steady_ns() { return now().steady_ns; }

void SystemClock::sleep_for(Nanos duration) {
  if (duration.count() <= 0) return;
  timespec left{duration.count() / kSecond, duration.count() % kSecond};
  while (nanosleep(&left, &left) != 0 && errno == EINTR) {
  }
}

}  // namespace spawn::core
