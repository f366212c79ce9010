// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
//
// What a person or a script says to the running agent: `spored status`, `config get|set|list`,
// `reload`, `complete`, `span start|event|end`. Those that only read change nothing. Where no agent
// runs, `config` works on the settings themselves, `complete` leaves its file, and `span` does
// nothing, so that a script runs anywhere.
#pragma once

#include <optional>
#include <string>

#include "cli/parts.h"
#include "config/settings.h"

namespace CLI {
class App;
}

namespace spawn::cli {

struct ControlOptions {
  std::optional<std::string> config_file;
  bool json = false;
  std::string output = "text";
  std::string key;
  std::string value;
  std::string status = "success";
  std::string message;
  std::string file;
  std::string name;
  std::string span;
  std::string span_status = "ok";
};

// Adds them all to the app.
void add_control_commands(CLI::App& app, ControlOptions& options);
// What the running agent took from its instance's tags, as tags: commands that are run on an
// instance go by them too. Empty where no agent runs.
config::Tags tags_of_agent(const Parts& parts);

// The exit status; nothing when none of them was typed.
std::optional<int> control_command(const CLI::App& app, const ControlOptions& options,
                                   const Parts& parts);

}  // namespace spawn::cli
