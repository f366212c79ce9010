// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
#include "agent/cpu_load.h"

#include "core/text.h"

namespace spawn::agent {

// "cpu  user nice system idle iowait irq softirq steal guest guest_nice"; guests are in user and
// nice already. https://docs.kernel.org/filesystems/proc.html#miscellaneous-kernel-statistics
std::optional<CpuTicks> parse_cpu_ticks(std::string_view proc_stat) {
  constexpr std::size_t kIdle = 3;
  constexpr std::size_t kCounted = 8;
  constexpr std::string_view kStart = "cpu  ";
  if (!proc_stat.starts_with(kStart)) return std::nullopt;
  const std::string_view line = proc_stat.substr(0, proc_stat.find('\n')).substr(kStart.size());
  CpuTicks ticks;
  std::size_t field = 0;
  for (const std::string_view text : core::split(line, ' ')) {
    const auto number = core::parse_int(text);
    if (!number || *number < 0) return std::nullopt;
    if (field < kCounted) {
      ticks.all += static_cast<std::uint64_t>(*number);
      if (field != kIdle) ticks.busy += static_cast<std::uint64_t>(*number);
    }
    ++field;
  }
  if (field <= kIdle) return std::nullopt;
  return ticks;
}

std::optional<double> busy_between(const CpuTicks& before, const CpuTicks& now) {
  if (now.all <= before.all || now.busy < before.busy) return std::nullopt;
  return 100.0 * static_cast<double>(now.busy - before.busy) /
         static_cast<double>(now.all - before.all);
}

}  // namespace spawn::agent
