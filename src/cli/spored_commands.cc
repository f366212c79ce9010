// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
#include "cli/spored_commands.h"

#include <fmt/format.h>

#include <CLI/CLI.hpp>

#include "cli/agent_command.h"
#include "cli/command_line.h"
#include "cli/control_commands.h"
#include "cli/flush_command.h"
#include "cli/queue_command.h"
#include "cli/run_command.h"
#include "cli/trace_doctor.h"
#include "core/version.h"

namespace spawn::cli {

agent::ExitStatus spored_commands(const std::vector<std::string>& arguments, const Parts& parts) {
  CLI::App app("The agent of spawn, on an instance", "spored");
  app.require_subcommand(0, 1);
  std::optional<std::string> config;
  app.add_option("--config", config, "Settings file (YAML); default: /etc/spawn/local.yaml")
      ->type_name("FILE");
  CLI::App* run = app.add_subcommand(
      "run",
      "Run a command, traced if the settings say so:  spored run [OPTIONS] -- COMMAND [ARGUMENTS]");
  RunOptions run_options;
  add_run_options(*run, run_options);
  CLI::App* trace = app.add_subcommand("trace", "Look after this instance's tracing");
  trace->require_subcommand(1);
  CLI::App* doctor = trace->add_subcommand("doctor", "Find out why traces do not show");
  DoctorOptions doctor_options;
  add_doctor_options(*doctor, doctor_options);
  CLI::App* queue = app.add_subcommand("run-queue", "Work off the jobs of a queue or a list");
  QueueOptions queue_options;
  add_queue_options(*queue, queue_options);
  ControlOptions control_options;
  add_control_commands(app, control_options);
  CLI::App* flush = app.add_subcommand(
      "flush", "Send what could not be sent before, to the exporters of the settings");
  FlushOptions flush_options;
  add_flush_options(*flush, flush_options);
  CLI::App* version = app.add_subcommand("version", "Print the version");
  // Last, since subcommands inherit it.
  app.footer("Without a command it runs the agent, as the service spored does.");

  const Arguments split = split_at_dashes(arguments);
  if (const auto status = parse(app, split.own, parts.out, parts.err)) return {*status, 0};
  if (run->parsed()) {
    const RunStyle style{"spored", "spored run", "/etc/spawn/local.yaml", false,
                         tags_of_agent(parts)};
    return run_command(run_options, style, split.command, parts);
  }
  if (split.command) {
    return {usage_error(parts.err, "spored", "'--' has a meaning only for 'run'"), 0};
  }
  if (doctor->parsed()) {
    return {
        trace_doctor(doctor_options,
                     {"spored", "/etc/spawn/local.yaml", parts.spool, true, tags_of_agent(parts)},
                     parts),
        0};
  }
  if (flush->parsed()) {
    return flush_command(
        flush_options,
        {"spored", "spored flush", "/etc/spawn/local.yaml", false, tags_of_agent(parts)}, parts);
  }
  if (queue->parsed()) return {queue_command(queue_options, parts), 0};
  if (const auto status = control_command(app, control_options, parts)) return {*status, 0};
  if (!version->parsed()) return {agent_command(config, parts), 0};
  parts.out << fmt::format("spored {}\n", core::version());
  return {finish_output(parts.out, parts.err, "spored"), 0};
}

}  // namespace spawn::cli
