// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
#include "agent/losses.h"

#include <fmt/format.h>

namespace spawn::agent {
namespace {

constexpr core::Nanos kBetween = std::chrono::minutes(1);

}  // namespace

std::map<std::string, std::uint64_t> lost_by_reason(const telemetry::ExporterStats& exporter) {
  std::map<std::string, std::uint64_t> reasons = exporter.lost_by;
  const auto add = [&](const char* why, std::uint64_t count) {
    if (count > 0) reasons[why] += count;
  };
  add("queue full", exporter.overrun);
  add("spool full", exporter.dropped);
  add("damaged on disk", exporter.damaged);
  return reasons;
}

std::string LossLog::look(const telemetry::Stats& stats, std::int64_t steady_ns) {
  std::string line = losses(stats, steady_ns);
  for (const std::string& note : stats.notes) {
    if (told_notes_.insert(note).second) line += (line.empty() ? "" : "; ") + note;
  }
  return line;
}

std::string LossLog::losses(const telemetry::Stats& stats, std::int64_t steady_ns) {
  if (steady_ns < not_before_ns_) return {};
  std::uint64_t all = 0;
  std::string line;
  for (const telemetry::ExporterStats& exporter : stats.exporters) {
    std::uint64_t lost = 0;
    std::string reasons;
    for (const auto& [why, count] : lost_by_reason(exporter)) {
      lost += count;
      reasons += fmt::format("{}{} {}", reasons.empty() ? "" : ", ", why, count);
    }
    all += lost;
    if (lost == 0) continue;
    line += fmt::format("{}{}: {} of {} spans are lost so far ({}){}{}", line.empty() ? "" : "; ",
                        exporter.name, lost, exporter.produced, reasons,
                        exporter.last_reason.empty() ? "" : ": ", exporter.last_reason);
  }
  if (all <= told_) return {};
  told_ = all;
  not_before_ns_ = steady_ns + kBetween.count();
  return line;
}

}  // namespace spawn::agent
