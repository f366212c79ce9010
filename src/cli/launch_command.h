// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
//
// `spawn launch`: options, then launch/ does it; what was launched goes to stdout, everything said
// about it to stderr. Whatever happens, no instance is left that was not named.
#pragma once

#include "agent/child_process.h"
#include "cli/parts.h"
#include "cli/table.h"
#include "launch/options.h"

namespace CLI {
class App;
}

namespace spawn::cli {

struct LaunchOptions {
  launch::Options launch;
  OutputOptions output;
  bool yes = false;
};
void add_launch_options(CLI::App& command, LaunchOptions& options);

agent::ExitStatus launch_command(const LaunchOptions& options, const Parts& parts);

}  // namespace spawn::cli
