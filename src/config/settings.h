// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
//
// The tracing settings, parsed, not validated: a Settings can only be made by resolve(), so it
// cannot be wrong. Precedence, lowest first: defaults < file < environment < flags. Every value
// knows where it came from. Names and defaults: the guide's table "Configuration".
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/env.h"
#include "core/result.h"
#include "core/url.h"
#include "trace/rate.h"

namespace spawn::config {

enum class Exporter { xray, stdout_, otlp, none };
std::string_view to_string(Exporter exporter);

// A value with its origin, for people: "default", "/etc/spawn/local.yaml:4", "--sampling".
template <typename T>
struct Sourced {
  T value;
  std::string source = "default";
};

class Settings {
 public:
  Sourced<bool> enabled{false};
  Sourced<std::vector<Exporter>> exporters{{Exporter::xray}};
  Sourced<trace::Rate> sampling{*trace::Rate::from(0.1)};
  Sourced<std::optional<core::Url>> endpoint{std::nullopt};
  // OTEL_SERVICE_NAME; empty: the program's own name.
  Sourced<std::string> service_name{""};

 private:
  Settings() = default;
  friend struct SettingsBuilder;
};

// What a person typed. Unset: not given.
struct Flags {
  std::optional<std::string> exporter;  // "xray", or several with commas
  std::optional<std::string> sampling;
  std::optional<std::string> endpoint;
};

struct Sources {
  // The file to read; with `file_required` (it was named by --config or SPAWN_CONFIG) a missing one
  // is an error, else it is no file.
  std::string file = "/etc/spawn/local.yaml";
  bool file_required = false;
  Flags flags;
  // `spawn trace run` was typed by a person who wants a trace now: enabled, rate 1, unless file,
  // environment or flags say otherwise.
  bool asked_for_tracing = false;
};

// Errors are Code::invalid_argument (Code::permission_denied for a file that may not be read), one
// line: where (file and line, or flag), what, what was expected, the nearest right thing. Unknown
// keys of the file are errors.
core::Result<Settings> resolve(const Sources& sources, const core::Env& env);

// The file's part alone, from text (for tests and the fuzzer). `name` is used in messages.
core::Status check_yaml(std::string_view text, std::string_view name);

}  // namespace spawn::config
