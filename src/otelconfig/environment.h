// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
//
// OpenTelemetry's variables, by the specification's rules: empty means not set, and what makes no
// sense is noted and counts as not set
// (https://opentelemetry.io/docs/specs/otel/configuration/sdk-environment-variables/, which the
// sections named below belong to). Those of the OTLP exporter: otlp/target.h. Pure.
#pragma once

#include <string>
#include <vector>

#include "core/env.h"
#include "otelconfig/configuration.h"

namespace spawn::otelconfig {

Configuration read_environment(const core::Env& env, std::vector<std::string>& notes);

}  // namespace spawn::otelconfig
