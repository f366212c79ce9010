// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
//
// A command of spawn that calls AWS, as the root of a trace: the parent from the environment, the
// decision made once, a span "spawn launch" around all that is done, and at the end everything sent
// within two seconds, or one line that says what was not. Off unless the settings say otherwise;
// whatever goes wrong with tracing does not change what the command does.
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "agent/environment.h"
#include "cli/parts.h"
#include "config/settings.h"
#include "core/result.h"
#include "telemetry/current.h"
#include "telemetry/telemetry.h"

namespace spawn::cli {

class TracedCommand {
 public:
  // `name` of the span: "spawn launch". The span is current, on this thread, from here on.
  TracedCommand(const std::string& name, const config::Settings& settings, const Parts& parts);
  ~TracedCommand();
  TracedCommand(const TracedCommand&) = delete;
  TracedCommand& operator=(const TracedCommand&) = delete;

  [[nodiscard]] telemetry::Tracer& tracer() { return telemetry_->tracer(); }
  [[nodiscard]] telemetry::Span& span() { return span_; }
  // Of a command that is recorded; "" else.
  [[nodiscard]] std::string trace_id();

  // Ends the span; `error` is null for success. Without it the destructor does.
  void finish(const core::Error* error);

 private:
  std::unique_ptr<telemetry::Telemetry> make_telemetry(const config::Settings& settings);
  telemetry::Span start(const std::string& name);

  const Parts& parts_;
  trace::Sampling sampling_;
  agent::Inherited inherited_;
  std::unique_ptr<telemetry::Telemetry> telemetry_;
  telemetry::Span span_;
  std::optional<telemetry::Scope> scope_;
};

// Where the settings of a command on a person's machine come from: the file of `spawn config`.
config::Sources command_sources(const core::Env& env);

// They themselves, with what the tags of a launch say of it. The command is done untraced rather
// than not.
core::Result<config::Settings> command_settings(const Parts& parts, const config::Tags& tags = {});

// config::resolve(), and what of the environment makes no sense is said.
core::Result<config::Settings> resolved(const config::Sources& sources, std::string_view program,
                                        const Parts& parts);

// $XDG_CONFIG_HOME/spawn/config.yaml. https://specifications.freedesktop.org/basedir-spec/latest/
std::string config_file(const core::Env& env);

}  // namespace spawn::cli
