// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
//
// spored: the program on an instance. Its commands are in src/cli/spored_commands.cc.
#include "apps/assembly.h"
#include "cli/spored_commands.h"

int main(int argc, char** argv) {
  spawn::apps::Assembly assembly("spored");
  const auto status = spawn::cli::spored_commands({argv + 1, argv + argc}, assembly.parts());
  assembly.report_sampling();
  spawn::agent::exit_like(status);
}
