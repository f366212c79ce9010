// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
//
// `spawn trace run` and `spored run`: the options they share, checked before anything starts, then
// agent::run. With --show the trace is drawn on stderr at the end, from what this process recorded,
// so it needs no exporter, and the command's stdout stays as it is.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "agent/child_process.h"
#include "cli/parts.h"
#include "config/settings.h"

namespace CLI {
class App;
}

namespace spawn::cli {

struct RunOptions {
  std::optional<std::string> exporter;
  std::optional<std::string> sampling;
  std::optional<std::string> endpoint;
  std::optional<std::string> config;
  std::vector<std::string> annotate;
  bool annotate_all = false;
  bool no_annotations = false;
  std::vector<std::string> log_groups;
  std::vector<std::string> filter;
  std::string name;
  bool show = false;
  std::vector<std::string> stray;  // a command without the "--" before it
};
void add_run_options(CLI::App& run, RunOptions& options);
// Those that make settings alone.
void add_settings_options(CLI::App& run, RunOptions& options);

// Where the two programs differ.
struct RunStyle {
  std::string program;      // "spawn"
  std::string command;      // "spawn trace run", for messages
  std::string config_file;  // when neither --config nor SPAWN_CONFIG names one
  bool asked_for_tracing;   // a person typed it to get a trace
  config::Tags tags = {};   // of the instance
};

config::Sources sources_of(const RunOptions& options, const RunStyle& style, const core::Env& env);

agent::ExitStatus run_command(const RunOptions& options, const RunStyle& style,
                              const std::optional<std::vector<std::string>>& command,
                              const Parts& parts);

}  // namespace spawn::cli
