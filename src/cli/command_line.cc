// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
#include "cli/command_line.h"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>

#include "core/text.h"

namespace spawn::cli {
namespace {

// The subcommand that was typed, as deep as it goes, and its full name.
struct Typed {
  const CLI::App* app;
  std::string name;
};
Typed deepest(const CLI::App& root) {
  Typed typed{&root, root.get_name()};
  for (;;) {
    const auto chosen = typed.app->get_subcommands();
    if (chosen.empty()) return typed;
    typed.app = chosen.front();
    typed.name += " " + typed.app->get_name();
  }
}

std::vector<std::string> names_of_options(const CLI::App& app) {
  std::vector<std::string> names;
  for (const CLI::Option* option : app.get_options()) {
    for (const std::string& name : option->get_lnames()) names.push_back("--" + name);
  }
  return names;
}

std::vector<std::string> names_of_commands(const CLI::App& app) {
  std::vector<std::string> names;
  for (const CLI::App* sub : app.get_subcommands({})) names.push_back(sub->get_name());
  return names;
}

std::string unknown(std::string_view kind, const std::string& typed,
                    const std::vector<std::string>& known) {
  const std::vector<std::string_view> candidates(known.begin(), known.end());
  std::string text = fmt::format("unknown {} '{}'", kind, typed);
  if (const auto near = core::nearest(typed, candidates)) {
    text += fmt::format("; did you mean '{}'?", *near);
  }
  return text;
}

// What was left over says more than CLI11's own words.
std::string explain(const CLI::App& root, const CLI::App& command, const CLI::ParseError& error) {
  const std::vector<std::string> left = root.remaining(true);
  const std::vector<std::string> commands = names_of_commands(command);
  if (!left.empty() && left.front().starts_with('-')) {
    const std::string option = left.front().substr(0, left.front().find('='));
    return unknown("option", option, names_of_options(command));
  }
  if (!left.empty() && !commands.empty()) return unknown("command", left.front(), commands);
  if (!left.empty()) return fmt::format("unexpected argument '{}'", left.front());
  if (!commands.empty()) {
    return fmt::format("a command is missing: one of {}", fmt::join(commands, ", "));
  }
  return error.what();
}

}  // namespace

Arguments split_at_dashes(const std::vector<std::string>& arguments) {
  const auto dashes = std::ranges::find(arguments, "--");
  Arguments split{{arguments.begin(), dashes}, std::nullopt};
  if (dashes != arguments.end()) split.command.emplace(dashes + 1, arguments.end());
  return split;
}

std::optional<int> parse(CLI::App& app, const std::vector<std::string>& arguments,
                         std::ostream& out, std::ostream& err) {
  try {
    app.parse(std::vector<std::string>(arguments.rbegin(), arguments.rend()));  // it pops the back
    return std::nullopt;
  } catch (const CLI::CallForHelp&) {
    out << app.help();
    return finish_output(out, err, app.get_name());
  } catch (const CLI::ParseError& error) {
    const Typed typed = deepest(app);
    return usage_error(err, typed.name, explain(app, *typed.app, error));
  }
}

int usage_error(std::ostream& err, std::string_view command, std::string_view what) {
  err << fmt::format("{}: {} (try '{} --help')\n", command, core::visible(what), command);
  return kUsageError;
}

int finish_output(std::ostream& out, std::ostream& err, std::string_view program) {
  if (out.flush()) return 0;
  err << fmt::format("{}: cannot write to standard output\n", program);
  return 1;
}

}  // namespace spawn::cli
