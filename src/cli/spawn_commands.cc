// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
#include "cli/spawn_commands.h"

#include <fmt/format.h>

#include <CLI/CLI.hpp>

#include "agent/version.h"
#include "cli/command_line.h"
#include "cli/run_command.h"
#include "cli/trace_convert.h"
#include "cli/trace_show.h"

namespace spawn::cli {
namespace {

constexpr std::string_view kRunCommand = "spawn trace run";

// https://specifications.freedesktop.org/basedir-spec/latest/
std::string config_file(const core::Env& env) {
  std::string folder = env.get_non_empty("XDG_CONFIG_HOME").value_or("");
  if (folder.empty()) folder = env.get("HOME").value_or("") + "/.config";
  return folder + "/spawn/config.yaml";
}

}  // namespace

agent::ExitStatus spawn_commands(const std::vector<std::string>& arguments, const Parts& parts) {
  CLI::App app("Launch programs on AWS compute, and see what they do", "spawn");
  app.require_subcommand(1);
  CLI::App* trace = app.add_subcommand("trace", "Run commands inside a trace, and look at traces");
  trace->require_subcommand(1);
  CLI::App* run = trace->add_subcommand(
      "run", "Run a command inside a trace:  spawn trace run [OPTIONS] -- COMMAND [ARGUMENTS]");
  RunOptions run_options;
  add_run_options(*run, run_options);
  CLI::App* show = trace->add_subcommand("show", "Show one trace");
  ShowOptions show_options;
  add_show_options(*show, show_options);
  CLI::App* convert = trace->add_subcommand(
      "convert",
      "Spans from one format into another:  spawn trace convert --from otlp --to xray [FILE]");
  ConvertOptions convert_options;
  add_convert_options(*convert, convert_options);
  CLI::App* version = app.add_subcommand("version", "Print the version");

  const Arguments split = split_at_dashes(arguments);
  if (const auto status = parse(app, split.own, parts.out, parts.err)) return {*status, 0};
  if (run->parsed()) {
    const RunStyle style{"spawn", std::string(kRunCommand), config_file(parts.env), true};
    return run_command(run_options, style, split.command, parts);
  }
  if (split.command) {
    return {usage_error(parts.err, "spawn", "'--' has a meaning only for 'trace run'"), 0};
  }
  if (show->parsed()) return {trace_show(show_options, parts), 0};
  if (convert->parsed()) return {trace_convert(convert_options, parts), 0};
  SPAWN_CHECK(version->parsed());
  parts.out << fmt::format("spawn {}\n", agent::version());
  return {finish_output(parts.out, parts.err, "spawn"), 0};
}

}  // namespace spawn::cli
