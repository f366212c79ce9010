// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
//
// The exporter `xray` over a connection of its own: of the programs, and of the library for
// OpenTelemetry.
#pragma once

#include <string>

#include "core/clock.h"
#include "core/env.h"
#include "core/result.h"
#include "core/rng.h"
#include "telemetry/telemetry.h"
#include "trace/document_settings.h"

namespace spawn::apps {

// `url`: X-Ray's, or "" for what AWS's own configuration says. Spans are kept where `keeping` says,
// by the name of the address. Reads files, asks nobody; the references must outlive it.
core::Result<telemetry::NamedSink> xray_sink(std::string url, telemetry::Keeping keeping,
                                             trace::DocumentSettings documents,
                                             const core::Env& env, core::Clock& clock,
                                             core::Rng& rng);

}  // namespace spawn::apps
