// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
#include "telemetry/telemetry.h"

#include <utility>

#include "telemetry/engine.h"

namespace spawn::telemetry {

struct Telemetry::Off {
  trace::Resource resource;
};

Telemetry::Telemetry(std::vector<NamedSink> sinks, trace::Sampling sampling,
                     trace::Resource resource, core::Clock& clock, core::Rng& rng, Options options)
    : clock_(clock) {
  if (sinks.empty()) {
    off_ = std::make_unique<Off>(Off{std::move(resource)});
  } else {
    engine_ = std::make_shared<Engine>(std::move(sinks), std::move(resource), clock, rng, options);
  }
  tracer_ = std::make_unique<Tracer>(engine_.get(), sampling, this->resource(), clock, rng);
}

Telemetry::~Telemetry() { shutdown(core::Deadline::after(clock_, std::chrono::milliseconds(250))); }

const trace::Resource& Telemetry::resource() const {
  return engine_ ? engine_->resource() : off_->resource;
}

Stats Telemetry::stats() const { return engine_ ? engine_->stats() : Stats{}; }

void Telemetry::start() {
  if (engine_) engine_->start_worker();
}

bool Telemetry::flush(core::Deadline deadline) { return !engine_ || engine_->flush(deadline); }

bool Telemetry::shutdown(core::Deadline deadline) {
  return !engine_ || engine_->shutdown(deadline);
}

}  // namespace spawn::telemetry
