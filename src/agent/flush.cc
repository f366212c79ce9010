// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
#include "agent/flush.h"

#include <utility>

namespace spawn::agent {

core::Result<telemetry::Stats> flush(const config::Settings& settings, const RunParts& parts,
                                     core::Nanos timeout) {
  auto sinks = parts.make_sinks(settings);
  if (!sinks) return core::fail(std::move(sinks.error()));
  telemetry::Telemetry telemetry(std::move(*sinks), trace::Rate::never(), trace::Resource(),
                                 parts.clock, parts.rng);
  const auto deadline = core::Deadline::after(parts.clock, timeout);
  telemetry.start();
  (void)telemetry.flush(deadline);
  (void)telemetry.shutdown(deadline);
  return telemetry.stats();
}

}  // namespace spawn::agent
