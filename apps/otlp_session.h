// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
//
// The exporter `otlp` over a connection of its own: of the programs, and of the library for
// OpenTelemetry.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "core/clock.h"
#include "core/env.h"
#include "core/result.h"
#include "core/rng.h"
#include "core/url.h"
#include "otelconfig/configuration.h"
#include "otlp/target.h"
#include "telemetry/telemetry.h"

namespace spawn::apps {

// One for each receiver: what a file names, else what the OTEL_EXPORTER_OTLP_* variables say, which
// count for nothing when there is a file. `base`, the setting `endpoint`, is stronger than both.
// Errors and notes as of otlp::target_from.
core::Result<std::vector<otlp::Target>> otlp_targets(const otelconfig::Configuration& configuration,
                                                     const std::optional<core::Url>& base,
                                                     const core::Env& env,
                                                     std::vector<std::string>& notes);

// "otlp", "otlp 2": no two exporters have one name in reports.
std::string numbered(const std::string& name, const std::vector<telemetry::NamedSink>& before);

// Spans are kept where `keeping` says, by the name of the address. Asks nobody; the references must
// outlive it.
telemetry::NamedSink otlp_sink(std::string name, otlp::Target target, telemetry::Keeping keeping,
                               const core::Env& env, core::Clock& clock, core::Rng& rng);

}  // namespace spawn::apps
