// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
//
// `completion bash|zsh|fish`: a script for the shell, made from the tree of commands itself, so
// that it cannot know less or more than the program.
#pragma once

#include <ostream>
#include <string>

namespace CLI {
class App;
}

namespace spawn::cli {

// Commands and options; file names where nothing else is known. The exit status.
int completion_command(const CLI::App& app, const std::string& shell, std::ostream& out,
                       std::ostream& err);

}  // namespace spawn::cli
