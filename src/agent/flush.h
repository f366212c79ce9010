// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
//
// `spored flush`: sends what earlier processes could not, to the exporters that the settings name,
// once. What cannot be sent now either stays for the next one.
#pragma once

#include "agent/run.h"
#include "config/settings.h"
#include "core/result.h"
#include "telemetry/telemetry.h"

namespace spawn::agent {

// Of `adopted` of each exporter's counts: what was found, sent, lost, and is kept still.
core::Result<telemetry::Stats> flush(const config::Settings& settings, const RunParts& parts,
                                     core::Nanos timeout);

}  // namespace spawn::agent
