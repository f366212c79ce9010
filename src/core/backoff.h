// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
//
// "Full jitter" exponential back-off: before retry n (from 1) wait uniformly in
// [0, min(base · 2^(n-1), cap)). AWS standard retry mode uses base 1 s and cap 20 s.
#pragma once

#include <algorithm>

#include "core/clock.h"
#include "core/rng.h"

namespace spawn::core {

// With less left before the deadline no further attempt is worth while: it would most likely end as
// a time-out, and hide why the one before it failed.
inline constexpr Nanos kLeastForAnAttempt = std::chrono::milliseconds(100);

struct Backoff {
  Nanos base = std::chrono::seconds(1);
  Nanos cap = std::chrono::seconds(20);

  [[nodiscard]] Nanos before_retry(int retry, Rng& rng) const {
    const double doubled = static_cast<double>(base.count()) *
                           static_cast<double>(1ULL << std::clamp(retry - 1, 0, 40));
    const double most = std::min(doubled, static_cast<double>(cap.count()));
    return Nanos(static_cast<std::int64_t>(most * rng.next_double()));
  }
};

}  // namespace spawn::core
