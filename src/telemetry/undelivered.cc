// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
#include "telemetry/undelivered.h"

#include <fmt/format.h>

#include <algorithm>

namespace spawn::telemetry {

Undelivered undelivered_spans(const Stats& stats) {
  Undelivered undelivered;
  for (const ExporterStats& exporter : stats.exporters) {
    const std::uint64_t missing = stats.ended - exporter.delivered;
    undelivered.most = std::max(undelivered.most, missing);
    if (missing == 0) continue;
    undelivered.line +=
        fmt::format("{}{} of {} spans were not delivered to {}: {}",
                    undelivered.line.empty() ? "" : "; ", missing, stats.ended, exporter.name,
                    exporter.last_reason.empty() ? "they came faster than they could be sent"
                                                 : exporter.last_reason);
    if (exporter.spooled == missing) {
      undelivered.line += "; they are kept, and sent by the next run";
    } else if (exporter.spooled > 0) {
      undelivered.line +=
          fmt::format("; {} of them are kept, and sent by the next run", exporter.spooled);
    }
  }
  return undelivered;
}

}  // namespace spawn::telemetry
