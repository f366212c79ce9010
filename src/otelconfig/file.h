// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
//
// OpenTelemetry's declarative configuration, the tracing part of file formats 1.0 and 1.1
// (https://github.com/open-telemetry/opentelemetry-configuration). A newer minor format is read as
// 1.1, and that is noted, as its VERSIONING.md, "File format", wants it. What belongs to metrics,
// logs and instrumentation is left alone. What is left out has the schema's default, which is not
// always the variables': without `propagator` there is none, without `tracer_provider` no span is
// exported. Pure.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "core/env.h"
#include "core/result.h"
#include "otelconfig/configuration.h"

namespace spawn::otelconfig {

// `name` is used in messages; `env` is what is substituted. As read_configuration().
core::Result<Configuration> read_file(std::string_view text, std::string_view name,
                                      const core::Env& env, std::vector<std::string>& notes);

}  // namespace spawn::otelconfig
