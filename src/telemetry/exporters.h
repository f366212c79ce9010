// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
//
// The sinks with their counts. A batch goes to every sink in turn. write() is the worker's alone;
// stats() and give_up() may be called by any thread meanwhile.
#pragma once

#include <cstdint>
#include <memory>
#include <mutex>
#include <span>
#include <string>
#include <vector>

#include "core/clock.h"
#include "telemetry/telemetry.h"
#include "trace/span_record.h"

namespace spawn::telemetry {

class Exporters {
 public:
  explicit Exporters(std::vector<NamedSink> sinks);

  void write(std::span<const trace::SpanRecord> batch, core::Deadline deadline);

  [[nodiscard]] std::vector<ExporterStats> stats() const;
  // Whatever of `taken` spans no sink has accounted for by now is lost, for this reason. Later
  // reports (of a sink that hung and came back) count no more.
  void give_up(std::uint64_t taken, const std::string& reason);
  // In a forked child: new counts, and a new lock, since another thread may have held the old one.
  void begin_anew();

 private:
  struct Counts {
    std::mutex mutex;  // over what follows
    std::vector<ExporterStats> stats;
    bool given_up = false;
  };
  std::vector<NamedSink> sinks_;
  std::unique_ptr<Counts> counts_;
};

}  // namespace spawn::telemetry
