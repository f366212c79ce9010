// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
//
// How busy the machine's CPUs are, from /proc/stat: the share of time since the last look that was
// not idle. For the idle time-out.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace spawn::agent {

// Clock ticks since boot, of all CPUs together.
struct CpuTicks {
  std::uint64_t busy = 0;
  std::uint64_t all = 0;
};
// From the text of /proc/stat; nothing when it is not that. Waiting for a disk counts as busy:
// whoever waits for one has work to do.
std::optional<CpuTicks> parse_cpu_ticks(std::string_view proc_stat);

// Percent, 0 to 100; nothing when no time passed.
std::optional<double> busy_between(const CpuTicks& before, const CpuTicks& now);

}  // namespace spawn::agent
