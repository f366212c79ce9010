// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
//
// What OpenTelemetry's own configuration says of tracing, for spawn, spored and the library alike:
// the file that OTEL_CONFIG_FILE names, else the OTEL_* variables. With a file the variables count
// for nothing but what it substitutes
// (https://opentelemetry.io/docs/specs/otel/configuration/sdk-environment-variables/#declarative-configuration).
// What is not said is not set: its default is the reader's. Pure but for the one file.
#pragma once

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "core/env.h"
#include "core/result.h"
#include "otlp/target.h"
#include "telemetry/resource_detectors.h"
#include "telemetry/telemetry.h"
#include "trace/attribute.h"
#include "trace/parent_rates.h"
#include "trace/rate.h"
#include "trace/span_limits.h"

namespace spawn::otelconfig {

// With the place it was said at: "OTEL_TRACES_SAMPLER", "/etc/otel.yaml:12".
template <typename T>
struct Said {
  T value;
  std::string source;
};

struct Sampler {
  trace::Rate root = trace::Rate::always();  // of the traces that begin here
  bool remote = false;                       // X-Ray's sampling rules say, instead
  trace::ParentRates parents{};
};

struct Exporter {
  enum class Kind { otlp, console, xray, local };
  Kind kind = Kind::otlp;
  // Of otlp, where a file says it; nothing: the OTEL_EXPORTER_OTLP_* variables do.
  std::optional<otlp::Target> otlp{};
  // Of xray, from a file; "": as the AWS CLI finds it.
  std::string xray_url{};

  friend bool operator==(const Exporter&, const Exporter&) = default;
};

struct Configuration {
  bool from_file = false;
  std::optional<Said<bool>> disabled{};
  std::optional<Said<std::vector<Exporter>>> exporters{};  // empty: none is wanted
  std::optional<Said<Sampler>> sampler{};
  std::vector<std::pair<std::string, trace::OwnedValue>> resource{};  // service.name among them
  std::optional<telemetry::Detection>
      detection{};  // what a process is to tell of itself beside that
  std::optional<trace::SpanLimits> limits{};
  telemetry::Options engine{};                                  // queue and batches
  std::optional<Said<std::vector<std::string>>> propagators{};  // by OpenTelemetry's names
};

// What a variable says and makes no sense counts as not set, and is one of the notes; so is what a
// file says and is not obeyed here. Code::invalid_argument (Code::permission_denied for a file that
// may not be read), one line with file, line and key: a file that is wrong, or asks for what is not
// there.
core::Result<Configuration> read_configuration(const core::Env& env,
                                               std::vector<std::string>& notes);

}  // namespace spawn::otelconfig
