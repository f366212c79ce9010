// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
//
// What the OTEL_* variables say of our tracer provider, by the specification's rules: empty means
// not set, and what makes no sense is noted and counts as not set
// (https://opentelemetry.io/docs/specs/otel/configuration/sdk-environment-variables/, which the
// sections named below belong to). Pure.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/env.h"
#include "otel/limits.h"
#include "telemetry/telemetry.h"
#include "trace/rate.h"
#include "trace/resource.h"

namespace spawn::otel {

struct Settings {
  bool disabled = false;     // OTEL_SDK_DISABLED
  trace::Resource resource;  // OTEL_SERVICE_NAME, OTEL_RESOURCE_ATTRIBUTES, and what we are
  trace::Rate rate = trace::Rate::always();  // OTEL_TRACES_SAMPLER, OTEL_TRACES_SAMPLER_ARG
  bool parent_based = true;
  std::optional<SpanLimits> limits;  // OTEL_*_LIMIT; nothing: the record's own
  telemetry::Options engine;         // OTEL_BSP_*
};

// `program` names the service when nothing else does. One note for each thing that is wrong.
Settings settings_from(const core::Env& env, std::string_view program,
                       std::vector<std::string>& notes);

}  // namespace spawn::otel
