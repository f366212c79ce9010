// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
#include "cli/spawn_commands.h"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <deque>
#include <functional>

#include "cli/change_command.h"
#include "cli/collect.h"
#include "cli/command_line.h"
#include "cli/completion.h"
#include "cli/config_command.h"
#include "cli/iam_policy.h"
#include "cli/launch_command.h"
#include "cli/list_command.h"
#include "cli/queue_submit.h"
#include "cli/run_command.h"
#include "cli/status_command.h"
#include "cli/trace_array.h"
#include "cli/trace_convert.h"
#include "cli/trace_cost.h"
#include "cli/trace_doctor.h"
#include "cli/trace_export.h"
#include "cli/trace_list.h"
#include "cli/trace_map.h"
#include "cli/trace_serve.h"
#include "cli/trace_show.h"
#include "cli/traced_command.h"
#include "core/version.h"

namespace spawn::cli {
namespace {

constexpr std::string_view kRunCommand = "spawn trace run";

// The tree of commands: each leaf has what it does beside it.
class Commands {
 public:
  Commands(const Parts& parts, const Serve& serve) : parts_(parts), serve_it_(serve) {
    app_.require_subcommand(1);
    add_launching();
    add_work();
    add_tracing();
    add_settings();
    add_others();
  }

  agent::ExitStatus run(const std::vector<std::string>& arguments) {
    split_ = split_at_dashes(arguments);
    if (const auto status = parse(app_, split_.own, parts_.out, parts_.err)) return {*status, 0};
    for (const Leaf& leaf : leaves_) {
      if (!leaf.app->parsed()) continue;
      if (split_.command && !leaf.takes_command) {
        return {usage_error(parts_.err, "spawn", "'--' has a meaning only for 'trace run'"), 0};
      }
      return leaf.run();
    }
    SPAWN_CHECK(false);
  }

 private:
  struct Leaf {
    CLI::App* app;
    std::function<agent::ExitStatus()> run;
    bool takes_command = false;
  };
  void leaf(CLI::App* app, std::function<agent::ExitStatus()> run, bool takes_command = false) {
    leaves_.push_back({app, std::move(run), takes_command});
  }
  void add_launching();
  void add_work();
  void add_tracing();
  void add_reading(CLI::App& trace);
  void add_settings();
  void add_others();

  const Parts& parts_;
  const Serve& serve_it_;
  CLI::App app_{"Launch programs on AWS compute, and see what they do", "spawn"};
  Arguments split_;
  std::vector<Leaf> leaves_;
  LaunchOptions launch_;
  std::deque<InstanceOptions> instances_;  // one for each command about them
  SubmitOptions submit_;
  CollectOptions collect_;
  RunOptions run_;
  ListOptions traces_;
  ShowOptions show_;
  MapOptions map_;
  ArrayOptions array_;
  ListOptions tail_;
  DiffOptions diff_;
  ExportOptions export_;
  CostOptions cost_;
  ConvertOptions convert_;
  DoctorOptions doctor_;
  ServeOptions serve_;
  ConfigOptions config_;
  PolicyOptions policy_;
  std::string shell_;
};

void Commands::add_launching() {
  CLI::App* launch = app_.add_subcommand("launch", "Launch an instance, or a job array of them");
  add_launch_options(*launch, launch_);
  leaf(launch, [this] { return launch_command(launch_, parts_); });

  CLI::App* list = app_.add_subcommand("list", "List the instances that spawn launched");
  add_list_options(*list, instances_.emplace_back());
  leaf(list, [this, &options = instances_.back()] {
    return agent::ExitStatus{list_command(options, parts_), 0};
  });
  CLI::App* status =
      app_.add_subcommand("status", "Show how instances, or the members of a job array, are");
  add_status_options(*status, instances_.emplace_back());
  leaf(status, [this, &options = instances_.back()] {
    return agent::ExitStatus{status_command(options, parts_), 0};
  });
  const struct {
    Change change;
    const char* name;
    const char* what;
  } changes[] = {{Change::terminate, "terminate", "Terminate instances; end local members"},
                 {Change::stop, "stop", "Stop instances, to start them again later"},
                 {Change::start, "start", "Start instances that were stopped"},
                 {Change::extend, "extend", "Let instances live longer than their --ttl said"}};
  for (const auto& [change, name, what] : changes) {
    CLI::App* command = app_.add_subcommand(name, what);
    add_change_options(*command, change, instances_.emplace_back());
    leaf(command, [this, change = change, &options = instances_.back()] {
      return agent::ExitStatus{change_command(change, options, parts_), 0};
    });
  }
}

void Commands::add_work() {
  CLI::App* queue = app_.add_subcommand("queue", "Work for instances, in SQS queues");
  queue->require_subcommand(1);
  CLI::App* submit = queue->add_subcommand("submit", "Send jobs, each with its trace context");
  add_submit_options(*submit, submit_);
  leaf(submit, [this] { return agent::ExitStatus{queue_submit(submit_, parts_), 0}; });
  CLI::App* collection = app_.add_subcommand("collect", "Fetch a job array's results from S3");
  add_collect_options(*collection, collect_);
  leaf(collection, [this] { return agent::ExitStatus{collect(collect_, parts_), 0}; });
}

void Commands::add_tracing() {
  CLI::App* trace = app_.add_subcommand("trace", "Run commands inside a trace, and look at traces");
  trace->require_subcommand(1);
  CLI::App* run = trace->add_subcommand(
      "run", "Run a command inside a trace:  spawn trace run [OPTIONS] -- COMMAND [ARGUMENTS]");
  add_run_options(*run, run_);
  const auto run_it = [this] {
    const RunStyle style{"spawn", std::string(kRunCommand), config_file(parts_.env), true};
    return run_command(run_, style, split_.command, parts_);
  };
  leaf(run, run_it, true);
  add_reading(*trace);
  CLI::App* convert = trace->add_subcommand(
      "convert",
      "Spans from one format into another:  spawn trace convert --from otlp --to xray [FILE]");
  add_convert_options(*convert, convert_);
  leaf(convert, [this] { return agent::ExitStatus{trace_convert(convert_, parts_), 0}; });
  CLI::App* serve = trace->add_subcommand(
      "serve", "A local X-Ray: takes traces in, keeps them, and shows them in a browser");
  add_serve_options(*serve, serve_);
  leaf(serve, [this] { return agent::ExitStatus{trace_serve(serve_, serve_it_, parts_), 0}; });
  CLI::App* doctor = trace->add_subcommand("doctor", "Find out why traces do not show");
  add_doctor_options(*doctor, doctor_);
  leaf(doctor, [this] {
    const DoctorStyle style{"spawn", config_file(parts_.env), parts_.spool};
    return agent::ExitStatus{trace_doctor(doctor_, style, parts_), 0};
  });
}

void Commands::add_reading(CLI::App& trace) {
  CLI::App* list = trace.add_subcommand("list", "List the traces of a time");
  add_trace_list_options(*list, traces_);
  leaf(list, [this] { return agent::ExitStatus{trace_list(traces_, parts_), 0}; });
  CLI::App* show = trace.add_subcommand("show", "Show one trace");
  add_show_options(*show, show_);
  leaf(show, [this] { return agent::ExitStatus{trace_show(show_, parts_), 0}; });
  CLI::App* map = trace.add_subcommand("map", "Show who calls whom");
  add_map_options(*map, map_);
  leaf(map, [this] { return agent::ExitStatus{trace_map(map_, parts_), 0}; });
  CLI::App* array = trace.add_subcommand("array", "Show a job array, a row a member");
  add_array_options(*array, array_);
  leaf(array, [this] { return agent::ExitStatus{trace_array(array_, parts_), 0}; });
  CLI::App* tail = trace.add_subcommand("tail", "Show traces as they come");
  add_trace_list_options(*tail, tail_);
  leaf(tail, [this] { return trace_tail(tail_, parts_); });
  CLI::App* diff = trace.add_subcommand("diff", "Compare two traces");
  add_diff_options(*diff, diff_);
  leaf(diff, [this] { return agent::ExitStatus{trace_diff(diff_, parts_), 0}; });
  CLI::App* export_it = trace.add_subcommand("export", "Write one trace for other tools");
  add_export_options(*export_it, export_);
  leaf(export_it, [this] { return agent::ExitStatus{trace_export(export_, parts_), 0}; });
  CLI::App* cost = trace.add_subcommand("cost", "Show what traces cost in X-Ray");
  add_cost_options(*cost, cost_);
  leaf(cost, [this] { return agent::ExitStatus{trace_cost(cost_, parts_), 0}; });
}

void Commands::add_settings() {
  CLI::App* config = app_.add_subcommand("config", "Read and change the settings of spawn");
  config->require_subcommand(1);
  const struct {
    ConfigAction action;
    const char* name;
    const char* what;
  } actions[] = {{ConfigAction::get, "get", "Print the effective value of a setting"},
                 {ConfigAction::set, "set", "Write a setting into the settings file"},
                 {ConfigAction::list, "list", "List all settings, and where each comes from"}};
  for (const auto& [action, name, what] : actions) {
    CLI::App* command = config->add_subcommand(name, what);
    add_config_options(*command, action, config_);
    leaf(command, [this, action = action] {
      return agent::ExitStatus{config_command(action, config_, parts_), 0};
    });
  }
}

void Commands::add_others() {
  CLI::App* iam = app_.add_subcommand("iam", "What AWS must allow");
  iam->require_subcommand(1);
  CLI::App* policy = iam->add_subcommand("policy", "Print the least-privilege policy");
  add_policy_options(*policy, policy_);
  leaf(policy, [this] { return agent::ExitStatus{iam_policy_command(policy_, parts_), 0}; });
  CLI::App* completion =
      app_.add_subcommand("completion", "Print a script that completes commands in a shell");
  completion->add_option("SHELL", shell_, "bash, zsh or fish")->required();
  leaf(completion, [this] {
    return agent::ExitStatus{completion_command(app_, shell_, parts_.out, parts_.err), 0};
  });
  CLI::App* version = app_.add_subcommand("version", "Print the version");
  leaf(version, [this] {
    parts_.out << fmt::format("spawn {}\n", core::version());
    return agent::ExitStatus{finish_output(parts_.out, parts_.err, "spawn"), 0};
  });
}

}  // namespace

agent::ExitStatus spawn_commands(const std::vector<std::string>& arguments, const Parts& parts,
                                 const Serve& serve) {
  return Commands(parts, serve).run(arguments);
}

}  // namespace spawn::cli
