// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
//
// What OpenTelemetry's configuration (otelconfig/configuration.h) means for our tracer provider.
// Where and when its spans go, it says itself. Pure.
#pragma once

#include <optional>
#include <string_view>

#include "otel/limits.h"
#include "otelconfig/configuration.h"
#include "trace/parent_rates.h"
#include "trace/rate.h"
#include "trace/resource.h"

namespace spawn::otel {

struct Settings {
  bool disabled = false;
  trace::Resource resource;                  // what was said, and what we are
  trace::Rate rate = trace::Rate::always();  // of the traces that begin here
  bool remote = false;                       // X-Ray's sampling rules say, instead
  trace::ParentRates parents;
  std::optional<SpanLimits> limits;  // nothing: the record's own
};

// `program` names the service when nothing else does.
Settings settings_from(const otelconfig::Configuration& configuration, std::string_view program);

}  // namespace spawn::otel
