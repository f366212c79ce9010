// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
//
// Arguments → options, over CLI11. Every mistake is one line on stderr that names it, the nearest
// right thing, and where help is; the exit status is 2.
#pragma once

#include <optional>
#include <ostream>
#include <string>
#include <string_view>
#include <vector>

namespace CLI {
class App;
}

namespace spawn::cli {

constexpr int kUsageError = 2;

// Everything after the first "--" is somebody else's.
struct Arguments {
  std::vector<std::string> own;
  std::optional<std::vector<std::string>> command;
};
Arguments split_at_dashes(const std::vector<std::string>& arguments);

// Nothing: go on. Else the exit status: help was asked for and printed, or a mistake was.
std::optional<int> parse(CLI::App& app, const std::vector<std::string>& arguments,
                         std::ostream& out, std::ostream& err);

// "spawn trace run: no command; …; try 'spawn trace run --help'", as one write.
int usage_error(std::ostream& err, std::string_view command, std::string_view what);

// Flushes; a person who redirects to a full disk must hear of it.
int finish_output(std::ostream& out, std::ostream& err, std::string_view program);

}  // namespace spawn::cli
