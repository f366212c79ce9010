// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
//
// `spawn config get|set|list`: the settings that spawn itself obeys on this machine, from file and
// environment, under the names that the tags of an instance have.
#pragma once

#include <string>

#include "cli/parts.h"
#include "cli/table.h"

namespace CLI {
class App;
}

namespace spawn::cli {

enum class ConfigAction { get, set, list };
struct ConfigOptions {
  std::string key;
  std::string value;
  OutputOptions output;
};
void add_config_options(CLI::App& command, ConfigAction action, ConfigOptions& options);

// The exit status.
int config_command(ConfigAction action, const ConfigOptions& options, const Parts& parts);

}  // namespace spawn::cli
