// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
//
// What exporters lost and why, for `spored status` and the agent's log. Pure.
#pragma once

#include <cstdint>
#include <map>
#include <set>
#include <string>

#include "core/clock.h"
#include "telemetry/telemetry.h"

namespace spawn::agent {

// Reason → spans. With them, at any instant: produced = delivered + all of these + waiting.
std::map<std::string, std::uint64_t> lost_by_reason(const telemetry::ExporterStats& exporter);

// For the agent's log: one line when something was lost since the last one, at most one a minute,
// and once what is wrong with the spool.
class LossLog {
 public:
  // "" for nothing to say.
  std::string look(const telemetry::Stats& stats, std::int64_t steady_ns);

 private:
  std::string losses(const telemetry::Stats& stats, std::int64_t steady_ns);

  std::set<std::string> told_notes_;
  std::uint64_t told_ = 0;
  std::int64_t not_before_ns_ = INT64_MIN;
};

}  // namespace spawn::agent
