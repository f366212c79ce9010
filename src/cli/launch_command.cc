// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
#include "cli/launch_command.h"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <fstream>
#include <utility>

#include "cli/account.h"
#include "cli/command_line.h"
#include "cli/interrupt.h"
#include "cli/progress.h"
#include "cli/traced_command.h"
#include "core/text.h"
#include "handoff/launch_id.h"
#include "launch/ec2_launch.h"
#include "launch/local_launch.h"
#include "launch/members.h"
#include "trace/attributes.h"

namespace spawn::cli {
namespace {

constexpr std::string_view kCommand = "spawn launch";
constexpr core::Nanos kRegistration = std::chrono::seconds(20);

// One launch, from settings that are good to the last line.
class Launch {
 public:
  Launch(const LaunchOptions& options, launch::Plan plan, const config::Settings& settings,
         const Parts& parts)
      : options_(options),
        plan_(std::move(plan)),
        parts_(parts),
        progress_(parts.err_terminal, parts.err),
        command_(std::string(kCommand), settings, parts),
        id_(handoff::LaunchId::make(plan_.label(), parts.clock.now().wall_ns, parts.rng)),
        table_({{"instance_id", "INSTANCE"},
                {"index", "INDEX"},
                {"state", "STATE"},
                {"provider", ""},
                {"instance_type", "TYPE"},
                {"availability_zone", "ZONE"},
                {"private_ip", "PRIVATE IP"},
                {"public_ip", "PUBLIC IP"},
                {"launch_id", ""},
                {"trace_id", ""}},
               "instance_id") {}

  agent::ExitStatus operator()() {
    if (plan_.is_array) command_.span().set(trace::key::kJobArrayId, id_.text());
    const core::Status done = plan_.provider == launch::Provider::local ? local() : ec2();
    progress_.clear();
    command_.finish(done ? nullptr : &done.error());
    if (!done) parts_.err << fmt::format("spawn: {}\n", core::visible(done.error().message));
    const int written = finish_output(parts_.out, parts_.err, "spawn");
    if (const int signal = interrupt_.take(); signal != 0) return {0, signal};
    return {done ? written : core::exit_status(done.error().code), 0};
  }

 private:
  void note(const std::string& text) {
    progress_.clear();
    parts_.err << fmt::format("spawn: {}\n", core::visible(text)) << std::flush;
  }
  launch::Outside outside() {
    return {command_.tracer(), parts_.rng, [this](const std::string& text) { note(text); },
            [this](const std::string& text) { progress_.say(text); },
            [this] { return interrupt_.requested(); }};
  }

  core::Status ec2();
  core::Status local();
  void add(const aws::ec2::Instance& instance);
  core::Status print();
  void tell(std::string_view what);
  core::Status save_ids(const std::vector<std::string>& ids);

  const LaunchOptions& options_;
  launch::Plan plan_;
  const Parts& parts_;
  Interrupt interrupt_;  // before the engine's thread
  Progress progress_;
  TracedCommand command_;
  handoff::LaunchId id_;
  Table table_;
  std::vector<std::string> ids_;
};

core::Status Launch::ec2() {
  Account account({plan_.region, plan_.profile}, parts_, command_.tracer());
  if (account.session() == nullptr) return core::fail(account.why());
  const auto registry = account.registry();
  if (!registry) return core::fail(registry.error());
  launch::Ec2Launch launch(plan_, id_, *account.session(), **registry, parts_.package_folder,
                           outside());
  auto launched = launch();
  if (!launched) return core::fail(std::move(launched.error()));
  if (plan_.dry_run) {
    note(fmt::format("would launch {} × {} from {} in {}; nothing was done", plan_.count,
                     plan_.instance_type, launched->image_id, launched->region));
    return core::ok();
  }
  if (launched->instances.size() == 1) {
    command_.span().set(trace::key::kInstanceId, launched->instances.front().id);
  }
  // Told before anything else can go wrong.
  tell(fmt::format("launched {} × {} in {}", launched->instances.size(), plan_.instance_type,
                   launched->region));
  const core::Status waited = plan_.wait ? launch.wait(*launched) : core::ok();
  for (const aws::ec2::Instance& instance : launched->instances) add(instance);
  core::Status printed = print();
  return waited ? printed : waited;
}

void Launch::add(const aws::ec2::Instance& instance) {
  ids_.push_back(instance.id);
  table_.add({core::Json(instance.id), core::Json(std::int64_t{instance.launch_index}),
              text_or_null(instance.state), core::Json(std::string("ec2")),
              text_or_null(instance.type), text_or_null(instance.availability_zone),
              text_or_null(instance.private_ip), text_or_null(instance.public_ip),
              core::Json(id_.text()), text_or_null(command_.trace_id())});
}

core::Status Launch::local() {
  Account account({plan_.region, plan_.profile}, parts_, command_.tracer());
  const auto registry = account.registry();
  if (!registry) return core::fail(registry.error());
  const auto folder = launch::local_folder(parts_.env);
  if (!folder) return core::fail(folder.error());
  if (plan_.dry_run) {
    note(fmt::format("would start {} × spored below {}; nothing was done", plan_.count, *folder));
    return core::ok();
  }
  launch::LocalLaunch launch(plan_, id_, **registry, {parts_.spored, *folder, parts_.env},
                             outside());
  auto members = launch();
  if (!members) return core::fail(std::move(members.error()));
  tell(fmt::format("started {} × spored, below {}/{}", members->size(), *folder, id_.text()));
  core::Status status = launch.wait_for_registration(kRegistration);
  if (status && plan_.wait) status = launch.wait_for_the_end();

  std::int64_t failed = 0;
  const auto rows = (*registry)->members(id_, core::Deadline::after(parts_.clock, kRegistration));
  const std::int64_t now_s = parts_.clock.now().wall_ns / 1'000'000'000;
  std::vector<launch::Member> known;
  if (rows) known = launch::members_of(*rows, {}, now_s);
  for (const launch::LocalMember& member : *members) {
    const auto row = std::ranges::find(known, member.instance_id, &launch::Member::instance_id);
    const std::string state = row == known.end() ? "unknown" : row->state;
    if (state != handoff::status::kCompleted) ++failed;
    ids_.push_back(member.instance_id);
    table_.add({core::Json(member.instance_id),
                core::Json(std::int64_t{member.index}),
                core::Json(state),
                core::Json(std::string("local")),
                {},
                {},
                {},
                {},
                core::Json(id_.text()),
                text_or_null(row == known.end() ? "" : row->trace_id)});
  }
  core::Status printed = print();
  if (!status) return status;
  if (plan_.wait && failed > 0) {
    return core::fail(core::Code::unavailable,
                      fmt::format("{} of {} members did not complete; their logs are in {}/{}",
                                  failed, members->size(), *folder, id_.text()));
  }
  return printed;
}

// What was launched, and how to follow it.
void Launch::tell(std::string_view what) {
  std::string line = fmt::format("{} as {}", what, id_.text());
  if (const std::string trace = command_.trace_id(); !trace.empty()) line += "; trace " + trace;
  note(line);
  if (plan_.is_array)
    note(fmt::format("follow it with: spawn status --job-array-id {}", id_.text()));
}

core::Status Launch::print() {
  table_.write(*form_of(options_.output), options_.output.quiet, parts_.out);
  if (plan_.output_id.empty()) return core::ok();
  std::ofstream file(plan_.output_id, std::ios::trunc);
  for (const std::string& id : ids_) file << id << '\n';
  if (file.flush()) return core::ok();
  return core::fail(core::Code::io,
                    fmt::format("--output-id: {} cannot be written", plan_.output_id));
}

// Before anything is launched: a file that cannot be written afterwards would lose the ids.
core::Status check_output_file(const std::string& path) {
  if (path.empty() || std::ofstream(path, std::ios::app)) return core::ok();
  return core::fail(core::Code::invalid_argument,
                    fmt::format("--output-id: {} cannot be written", path));
}

void add_machine_options(CLI::App& app, launch::Options& o) {
  const auto group = "Machine";
  const auto add = [&](const char* name, std::string& to, const char* what, const char* type) {
    app.add_option(name, to, what)->type_name(type)->group(group);
  };
  add("--instance-type", o.instance_type, "Type of the instances, such as t3.micro", "TYPE");
  add("--provider", o.provider, "ec2 (the default), or local: agents on this machine", "NAME");
  add("--region", o.region, "AWS region; default: the configured one", "NAME");
  add("--profile", o.profile, "Profile of the AWS configuration files", "NAME");
  add("--az", o.az, "Availability zone", "NAME");
  add("--ami", o.ami,
      "Image: ami-…, or the SSM parameter that names one; default: Debian's newest for the type's "
      "architecture",
      "IMAGE");
  add("--key-name", o.key_name, "Key pair for ssh", "NAME");
  add("--subnet", o.subnet, "Subnet", "ID");
  app.add_option("--security-groups", o.security_groups, "Security groups, with commas")
      ->type_name("IDS")
      ->group(group);
  add("--iam-role", o.iam_role, "Instance profile: what the instance may do ('spawn iam policy')",
      "NAME");
  add("--volume-size", o.volume_size, "Size of the root volume", "GIB");
  add("--user-data", o.user_data, "Script to run at the first boot, or @FILE", "TEXT");
  add("--user-data-file", o.user_data_file, "The same, from a file", "FILE");
  app.add_flag("--spot", o.spot, "Spot instances")->group(group);
  add("--spot-max-price", o.spot_max_price, "At most that many dollars an hour", "PRICE");
  add("--agent-url", o.agent_url,
      "The agent's package elsewhere: https://… or s3://…, with #sha256=HEX to verify it", "URL");
  app.add_flag("--no-agent", o.no_agent, "Without the agent; --user-data is passed on as it is")
      ->group(group);
}

void add_work_options(CLI::App& app, launch::Options& o) {
  const auto group = "Work";
  const auto add = [&](const char* name, std::string& to, const char* what, const char* type) {
    app.add_option(name, to, what)->type_name(type)->group(group);
  };
  add("--name", o.name, "Name of the instance", "TEXT");
  add("--count,--array", o.count, "How many, as one job array", "N");
  add("--job-array-name", o.job_array_name, "Name of the job array", "TEXT");
  add("--command", o.command, "What the agent runs, once it is up", "COMMAND");
  add("--ttl", o.ttl, "Life of an instance from its launch: 90s, 30m, 8h, 7d", "TIME");
  add("--idle-timeout", o.idle_timeout, "End it when it was idle for so long", "TIME");
  add("--idle-cpu", o.idle_cpu, "Idle is below that share of all CPUs", "PERCENT");
  add("--on-complete", o.on_complete, "When the work is done: terminate, stop, hibernate, exit",
      "ACTION");
  add("--completion-file", o.completion_file, "The work is done when this file is there", "PATH");
  add("--completion-delay", o.completion_delay, "Wait that long before the end", "TIME");
}

void add_trace_options(CLI::App& app, launch::Options& o) {
  const auto group = "Trace and tags";
  const auto add = [&](const char* name, std::string& to, const char* what, const char* type) {
    app.add_option(name, to, what)->type_name(type)->group(group);
  };
  app.add_option("--tag", o.tag, "A tag; several times for more")
      ->type_name("NAME=VALUE")
      ->group(group)
      ->take_all()
      ->allow_extra_args(false);
  app.add_option("--tags", o.tags, "Several tags, with commas")
      ->type_name("A=B,C=D")
      ->group(group)
      ->take_all()
      ->allow_extra_args(false);
  app.add_flag("--trace", o.trace, "The same as --tag spawn:tracing-enabled=true")->group(group);
  add("--trace-exporter", o.trace_exporter,
      "Trace, and send spans to xray, otlp, stdout, none; several with commas", "NAME");
  add("--trace-sampling", o.trace_sampling, "Trace that share of launches, 0.0 to 1.0, or remote",
      "RATE");
  add("--trace-endpoint", o.trace_endpoint, "Trace, and send spans to this base URL", "URL");
}

}  // namespace

void add_launch_options(CLI::App& command, LaunchOptions& options) {
  launch::Options& o = options.launch;
  add_machine_options(command, o);
  add_work_options(command, o);
  add_trace_options(command, o);
  command.add_flag("--wait", o.wait,
                   "Wait until the instances run; of local members, until they have ended");
  command.add_option("--wait-timeout", o.wait_timeout, "Wait at most so long; default: 10m")
      ->type_name("TIME");
  command.add_flag("--dry-run", o.dry_run, "Check everything, and launch nothing");
  command.add_option("--output-id", o.output_id, "Write the ids to a file too, one a line")
      ->type_name("FILE");
  command.add_flag("-y,--yes", options.yes, "Ask nothing (a launch never asks)")->group("");
  add_output_options(command, options.output);
}

agent::ExitStatus launch_command(const LaunchOptions& options, const Parts& parts) {
  const auto refuse = [&](const core::Error& error) -> agent::ExitStatus {
    if (error.code == core::Code::invalid_argument) {
      return {usage_error(parts.err, kCommand, error.message), 0};
    }
    parts.err << fmt::format("spawn: {}\n", core::visible(error.message));
    return {core::exit_status(error.code), 0};
  };
  if (!form_of(options.output)) return {refuse_form(parts.err, kCommand, options.output), 0};
  auto plan = launch::check(options.launch);
  if (!plan) return refuse(plan.error());
  if (auto writable = check_output_file(plan->output_id); !writable) {
    return refuse(writable.error());
  }
  const auto settings = command_settings(parts, {plan->tags.begin(), plan->tags.end()});
  if (!settings) return refuse(settings.error());
  return Launch(options, std::move(*plan), *settings, parts)();
}

}  // namespace spawn::cli
