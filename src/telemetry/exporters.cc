// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
#include "telemetry/exporters.h"

#include <utility>

namespace spawn::telemetry {

Exporters::Exporters(std::vector<NamedSink> sinks) : sinks_(std::move(sinks)) { begin_anew(); }

void Exporters::begin_anew() {
  (void)counts_.release();
  counts_ = std::make_unique<Counts>();
  for (const NamedSink& sink : sinks_) counts_->stats.push_back({sink.name, 0, 0, {}});
}

void Exporters::write(std::span<const trace::SpanRecord> batch, core::Deadline deadline) {
  for (std::size_t i = 0; i < sinks_.size(); ++i) {
    const trace::WriteReport report = sinks_[i].sink->write(batch, deadline);
    const std::lock_guard lock(counts_->mutex);
    if (counts_->given_up) return;
    counts_->stats[i].delivered += report.delivered;
    counts_->stats[i].lost += report.lost;
    if (report.lost > 0) counts_->stats[i].last_reason = report.reason;
  }
}

std::vector<ExporterStats> Exporters::stats() const {
  const std::lock_guard lock(counts_->mutex);
  return counts_->stats;
}

void Exporters::give_up(std::uint64_t taken, const std::string& reason) {
  const std::lock_guard lock(counts_->mutex);
  counts_->given_up = true;
  for (ExporterStats& stats : counts_->stats) {
    const std::uint64_t accounted = stats.delivered + stats.lost;
    if (accounted >= taken) continue;
    stats.lost += taken - accounted;
    stats.last_reason = reason;
  }
}

}  // namespace spawn::telemetry
