// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
//
// What the two faces of the library, provider.cc and sdk.cc, have in common: an engine that exports
// to X-Ray, or where OpenTelemetry's configuration says, over the real clock, environment and
// network, and OpenTelemetry's log for whatever a person must know.
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "core/clock.h"
#include "core/env.h"
#include "core/rng.h"
#include "otelconfig/configuration.h"
#include "spawn/opentelemetry.h"
#include "telemetry/telemetry.h"

namespace spawn::apps {

struct Seams {
  core::SystemEnv env;
  core::SystemClock clock;
  core::SystemRng rng;
};
// Never destroyed: spans may outlive main(), and so may the thread of a sink that hangs for longer
// than the shutdown may take.
Seams& seams();

// What ends threads of `of`, if that is alive, at exit and before OpenTelemetry's log is destroyed:
// a provider that nobody shut down, or a sampler, may be destroyed only after that. Spans come
// first; what comes after them has what they leave of 250 ms.
enum class AtExit { first, after_spans };
void at_exit(AtExit when, std::weak_ptr<void> of, std::function<void(core::Deadline)> end);

// Told to the log handler of OpenTelemetry's SDK; after what at_exit() runs, to the one there was.
void warn(const std::string& what);

// Off, and that is said, when the options or AWS's settings make no sense.
std::shared_ptr<telemetry::Telemetry> xray_engine(const XRayOptions& options);

// Where X-Ray is by the options, else by what `said` says of the exporter; "": as the AWS CLI finds
// it.
std::string xray_url(const otelconfig::Configuration& said, const XRayOptions& options);

// The same, with exporters where `said` names them; X-Ray where it names none.
std::shared_ptr<telemetry::Telemetry> engine_for(const otelconfig::Configuration& said,
                                                 const XRayOptions& options, trace::Rate rate,
                                                 trace::Resource resource);

// What was not delivered, and why; notes of the spool. True when nothing is missing.
bool report(const telemetry::Stats& stats);

}  // namespace spawn::apps
