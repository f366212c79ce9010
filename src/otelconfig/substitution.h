// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
//
// Environment variables in a scalar of a configuration file: ${NAME}, ${env:NAME},
// ${NAME:-default}, and $$ for a dollar sign. What a variable says is text, whatever it looks like:
// it is neither substituted again nor read as YAML.
// https://opentelemetry.io/docs/specs/otel/configuration/data-model/#environment-variable-substitution
#pragma once

#include <string>
#include <string_view>

#include "core/env.h"
#include "core/result.h"

namespace spawn::otelconfig {

// Code::invalid_argument: a reference that is none, as it is written. A variable that is not set is
// empty.
core::Result<std::string> substitute(std::string_view text, const core::Env& env);

}  // namespace spawn::otelconfig
