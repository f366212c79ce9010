// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
//
// What the spans of one of our processes say about the process itself.
#pragma once

#include <string>

#include "config/settings.h"
#include "core/rng.h"
#include "telemetry/resource_detectors.h"
#include "trace/resource.h"

namespace spawn::agent {

// All of it, unless OpenTelemetry's configuration chooses.
telemetry::Detection detection(const config::Settings& settings);

// `program` is "spawn" or "spored". What OpenTelemetry's configuration says is stronger.
trace::Resource process_resource(const std::string& program, const config::Settings& settings,
                                 core::Rng& rng);

}  // namespace spawn::agent
