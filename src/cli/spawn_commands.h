// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
//
// The commands of `spawn`, the program on a person's machine.
#pragma once

#include <string>
#include <vector>

#include "agent/child_process.h"
#include "cli/parts.h"
#include "cli/trace_serve.h"

namespace spawn::cli {

// `arguments` without the program's name. How to leave (agent::exit_like). `serve` is for
// `trace serve` alone.
agent::ExitStatus spawn_commands(const std::vector<std::string>& arguments, const Parts& parts,
                                 const Serve& serve = {});

}  // namespace spawn::cli
