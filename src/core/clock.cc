// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
#include "core/clock.h"

#include <time.h>

#include <atomic>
#include <cerrno>

#include "core/file.h"
#include "core/tick_scale.h"

namespace spawn::core {
namespace {

constexpr std::int64_t kSecond = 1'000'000'000;
constexpr std::int64_t kAnchorLife = TickScale::kLeastNs;
// Two readings of the counter with those of the kernel's clocks between them are some 200 ticks
// apart. If much more went by, the thread was interrupted, and they do not belong together.
constexpr std::uint64_t kUndisturbed = 2'000;
constexpr int kTries = 3;

std::int64_t read_clock(clockid_t id) {
  timespec now;
  clock_gettime(id, &now);
  return now.tv_sec * kSecond + now.tv_nsec;
}

#if defined(__x86_64__)
std::uint64_t read_ticks() { return __builtin_ia32_rdtsc(); }

// Not every processor's counter runs at one speed, and alike on all its cores. The kernel tests it,
// and uses it for its own clock only if it does. Asked once a process; not behind a guard, which a
// child that is forked in this moment would wait for.
bool ticks_are_time() {
  enum : int { unknown, no, yes };
  static std::atomic<int> verdict{unknown};
  if (verdict.load(std::memory_order_relaxed) == unknown) {
    const auto source =
        read_file("/sys/devices/system/clocksource/clocksource0/current_clocksource");
    verdict.store(source && *source == "tsc\n" ? yes : no, std::memory_order_relaxed);
  }
  return verdict.load(std::memory_order_relaxed) == yes;
}
#else
constexpr std::uint64_t read_ticks() { return 0; }
constexpr bool ticks_are_time() { return false; }
#endif

// What the thread reads the time from until the anchor is too old: the kernel's clocks at one
// moment, and the counter's.
struct Anchor {
  Instant at;               // zero: none yet, which is too old
  std::uint64_t ticks = 0;  // zero: the counter is not used
  TickScale scale;
};
thread_local constinit Anchor anchor;

Instant read_both() { return {read_clock(CLOCK_REALTIME), read_clock(CLOCK_MONOTONIC)}; }

Anchor read_anchor() {
  if (!ticks_are_time()) return {read_both(), 0, {}};
  for (int tries = 1;; ++tries) {
    const std::uint64_t before = read_ticks();
    const Instant at = read_both();
    const std::uint64_t took = read_ticks() - before;
    if (took <= kUndisturbed) return {at, before + took / 2, {}};
    if (tries == kTries) return {at, 0, {}};
  }
}

// The time of the anchor, carried forward by CLOCK_MONOTONIC, or a new anchor.
[[gnu::noinline]] Instant read_kernel() {
  const std::int64_t since = read_clock(CLOCK_MONOTONIC) - anchor.at.steady_ns;
  if (since <= kAnchorLife) return {anchor.at.wall_ns + since, anchor.at.steady_ns + since};
  Anchor now = read_anchor();
  if (now.ticks != 0 && anchor.ticks != 0) {
    const TickScale scale(now.at.steady_ns - anchor.at.steady_ns, now.ticks - anchor.ticks);
    if (!anchor.scale.known() || scale.agrees(anchor.scale)) now.scale = scale;
  }
  anchor = now;
  return anchor.at;
}

}  // namespace

Instant SystemClock::now() {
  if (!anchor.scale.known()) [[unlikely]]
    return read_kernel();
  const std::uint64_t since = read_ticks() - anchor.ticks;
  if (!anchor.scale.reaches(since)) [[unlikely]]
    return read_kernel();
  const std::int64_t ns = anchor.scale.ns(since);
  return {anchor.at.wall_ns + ns, anchor.at.steady_ns + ns};
}

std::int64_t SystemClock::steady_ns() {
  return anchor.scale.known() ? now().steady_ns : read_clock(CLOCK_MONOTONIC);
}

void SystemClock::sleep_for(Nanos duration) {
  if (duration.count() <= 0) return;
  timespec left{duration.count() / kSecond, duration.count() % kSecond};
  while (nanosleep(&left, &left) != 0 && errno == EINTR) {
  }
}

}  // namespace spawn::core
