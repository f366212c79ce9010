// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
//
// The seam for time. Wall time says *when*, steady time says *how long*; both are read together,
// and an end is always start + steady difference, so a clock that is set back never makes a
// negative duration. Only apps/ names SystemClock; tests use testing::FakeClock and never sleep.
#pragma once

#include <chrono>
#include <compare>
#include <cstdint>

namespace spawn::core {

using Nanos = std::chrono::nanoseconds;

struct Instant {
  std::int64_t wall_ns = 0;    // since the Unix epoch
  std::int64_t steady_ns = 0;  // since some fixed point; only differences mean anything
};

class Clock {
 public:
  Clock() = default;
  Clock(const Clock&) = delete;
  Clock& operator=(const Clock&) = delete;
  virtual ~Clock() = default;

  virtual Instant now() = 0;
  virtual std::int64_t steady_ns() = 0;
  virtual void sleep_for(Nanos duration) = 0;
};

// Reads CLOCK_MONOTONIC and CLOCK_REALTIME once in 10 ms a thread; in between, time is carried
// forward by the processor's counter where the kernel, too, trusts it, else by CLOCK_MONOTONIC. (A
// reading of the kernel's clock costs 22 to 30 ns and lets nothing else run beside it: two of them
// were a quarter of a whole span.) A step of the wall clock is therefore seen at most 10 ms late.
// Steady time is CLOCK_MONOTONIC but for some 50 ns, and for up to 5 µs in the 20 ms after NTP has
// changed how fast that runs; by that much it may differ between threads or, where a thread reads
// the kernel's clock anew, step back. Safe for any thread.
class SystemClock final : public Clock {
 public:
  Instant now() override;
  std::int64_t steady_ns() override;
  void sleep_for(Nanos duration) override;
};

// A point on the steady clock by which something must be over. Copyable, cheap.
class Deadline {
 public:
  static Deadline after(Clock& clock, Nanos duration) {
    const std::int64_t now = clock.steady_ns();
    return Deadline(duration.count() > INT64_MAX - now ? INT64_MAX : now + duration.count());
  }
  static Deadline at(std::int64_t steady_ns) { return Deadline(steady_ns); }
  static Deadline never() { return Deadline(INT64_MAX); }

  [[nodiscard]] bool is_never() const { return at_ns_ == INT64_MAX; }
  [[nodiscard]] bool passed(Clock& clock) const { return clock.steady_ns() >= at_ns_; }
  // Never negative. A deadline of never() leaves about 292 years.
  [[nodiscard]] Nanos remaining(Clock& clock) const {
    if (is_never()) return Nanos(INT64_MAX);
    const std::int64_t left = at_ns_ - clock.steady_ns();
    return Nanos(left > 0 ? left : 0);
  }
  [[nodiscard]] std::int64_t at_steady_ns() const { return at_ns_; }
  friend auto operator<=>(const Deadline&, const Deadline&) = default;

 private:
  explicit Deadline(std::int64_t at_ns) : at_ns_(at_ns) {}
  std::int64_t at_ns_;
};

}  // namespace spawn::core
