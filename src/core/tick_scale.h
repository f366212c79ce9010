// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
//
// How long a tick of the processor's counter is, taken from two readings of it and of the kernel's
// clock. For SystemClock, which reads the counter in between.
#pragma once

#include <cstdint>

namespace spawn::core {

class TickScale {
 public:
  // Two readings nearer to each other say too little (each is off by some 30 ns). Further apart,
  // there was more time for the machine to sleep, which the counter may count and the clock does
  // not.
  static constexpr std::int64_t kLeastNs = 10'000'000;
  static constexpr std::int64_t kMostNs = 1'000'000'000;

  // Knows nothing: no number of ticks is within its reach.
  constexpr TickScale() = default;
  // `ns` and `ticks` went by at the same time. Knows nothing when they say nothing.
  constexpr TickScale(std::int64_t ns, std::uint64_t ticks) {
    if (ns < kLeastNs || ns > kMostNs) return;
    const auto time = static_cast<std::uint64_t>(ns);
    // Slower than 100 MHz or faster than 16 GHz is no counter of time.
    if (ticks < time / 10 || ticks > time * 16) return;
    scale_ = (time << kShift) / ticks;
    reach_ = (static_cast<std::uint64_t>(kLeastNs) << kShift) / scale_;
  }

  [[nodiscard]] constexpr bool known() const { return reach_ != 0; }
  // A counter has one speed; NTP makes the clock differ from it by less than a thousandth.
  [[nodiscard]] constexpr bool agrees(const TickScale& other) const {
    const std::uint64_t difference =
        scale_ > other.scale_ ? scale_ - other.scale_ : other.scale_ - scale_;
    return difference <= other.scale_ / 1024;
  }
  // May be turned into time: less than kLeastNs.
  [[nodiscard]] constexpr bool reaches(std::uint64_t ticks) const { return ticks < reach_; }
  // Of ticks within reach.
  [[nodiscard]] constexpr std::int64_t ns(std::uint64_t ticks) const {
    return static_cast<std::int64_t>(ticks * scale_ >> kShift);
  }

 private:
  static constexpr unsigned kShift = 32;
  std::uint64_t scale_ = 0;  // ns a tick, times 2^32
  std::uint64_t reach_ = 0;  // ticks
};

}  // namespace spawn::core
