// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
//
// The commands of `spawn`, the program on a person's machine.
#pragma once

#include <string>
#include <vector>

#include "agent/child_process.h"
#include "cli/parts.h"

namespace spawn::cli {

// `arguments` without the program's name. How to leave (agent::exit_like).
agent::ExitStatus spawn_commands(const std::vector<std::string>& arguments, const Parts& parts);

}  // namespace spawn::cli
