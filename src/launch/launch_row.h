// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
//
// The registry's row of a launch: what every member finds the trace by.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "handoff/launch_id.h"
#include "handoff/registry.h"
#include "telemetry/current.h"
#include "telemetry/tracer.h"

namespace spawn::launch {

// The current context, null if this launch is not traced.
const telemetry::ActiveContext* traced_context(const telemetry::Tracer& tracer);

// With the current context. `provider` is "ec2" or "local".
handoff::Row launch_row(const handoff::LaunchId& id, std::string_view provider,
                        const std::string& region, const telemetry::Tracer& tracer,
                        std::int64_t now_s);

}  // namespace spawn::launch
