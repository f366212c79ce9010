// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
//
// The commands of `spored`, the program on an instance.
#pragma once

#include <string>
#include <vector>

#include "agent/child_process.h"
#include "cli/parts.h"

namespace spawn::cli {

// `arguments` without the program's name. How to leave (agent::exit_like).
agent::ExitStatus spored_commands(const std::vector<std::string>& arguments, const Parts& parts);

}  // namespace spawn::cli
