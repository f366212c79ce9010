// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
#include "cli/instance_commands.h"

#include <fmt/format.h>
#include <signal.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <array>
#include <istream>
#include <optional>
#include <utility>

#include "aws/timestamp.h"
#include "cli/command_line.h"
#include "cli/traced_command.h"
#include "config/duration.h"
#include "core/text.h"
#include "handoff/launch_id.h"
#include "handoff/tags.h"
#include "launch/find_instances.h"
#include "launch/local_launch.h"
#include "launch/members.h"

namespace spawn::cli {
namespace {

namespace ec2 = aws::ec2;
namespace tag = handoff::tag;
using core::Code;

constexpr core::Nanos kAtMost = std::chrono::seconds(60);
constexpr std::array<std::string_view, 6> kStates = {"pending", "running",       "stopping",
                                                     "stopped", "shutting-down", "terminated"};

std::string_view name_of(Change change) {
  constexpr std::string_view kNames[] = {"terminate", "stop", "start", "extend"};
  return kNames[static_cast<std::size_t>(change)];
}

std::string tag_of(const ec2::Instance& instance, std::string_view key) {
  const auto at = instance.tags.find(std::string(key));
  return at == instance.tags.end() ? "" : at->second;
}

core::Result<launch::Wanted> wanted_by(const InstanceOptions& options) {
  launch::Wanted wanted;
  wanted.names = options.targets;
  wanted.launch_id = options.job_array_id;
  wanted.job_array_name = options.job_array_name;
  for (const std::string& list : options.states) {
    for (const std::string_view state : core::split(list, ',')) {
      if (std::ranges::find(kStates, state) == kStates.end()) {
        const auto near = core::nearest(state, kStates);
        return core::fail(
            Code::invalid_argument,
            near ? fmt::format("--state: '{}' is none; did you mean '{}'?", state, *near)
                 : fmt::format("--state: '{}' is none; there are {}", state,
                               fmt::join(kStates, ", ")));
      }
      wanted.states.emplace_back(state);
    }
  }
  for (const std::string& text : options.tags) {
    const auto equals = text.find('=');
    if (equals == std::string::npos || equals == 0) {
      return core::fail(Code::invalid_argument,
                        fmt::format("--tag: '{}' is no tag; expected NAME=VALUE", text));
    }
    wanted.tags[text.substr(0, equals)] = text.substr(equals + 1);
  }
  return wanted;
}

// One command about instances: traced, with an account, ending with a status.
class Command {
 public:
  Command(std::string_view name, const InstanceOptions& options, const Parts& parts)
      : name_(fmt::format("spawn {}", name)), options_(options), parts_(parts) {}

  // `work` gets this, traced and with an account.
  template <typename Work>
  int run(Work work) {
    if (!form_of(options_.output)) return refuse_form(parts_.err, name_, options_.output);
    auto wanted = wanted_by(options_);
    if (!wanted) return usage_error(parts_.err, name_, wanted.error().message);
    wanted_ = std::move(*wanted);
    const auto settings = command_settings(parts_);
    if (!settings) return say(settings.error());
    TracedCommand traced(name_, *settings, parts_);
    Account account(options_.account, parts_, traced.tracer());
    account_ = &account;
    traced_ = &traced;
    const core::Status done = (this->*work)();
    traced.finish(done ? nullptr : &done.error());
    if (!done) return say(done.error());
    return finish_output(parts_.out, parts_.err, "spawn");
  }

  core::Status list();
  core::Status status();
  template <Change kWhich>
  core::Status change() {
    return change_all(kWhich);
  }

 private:
  int say(const core::Error& error) const {
    if (error.code == Code::invalid_argument) {
      return usage_error(parts_.err, name_, error.message);
    }
    parts_.err << fmt::format("spawn: {}\n", core::visible(error.message));
    return core::exit_status(error.code);
  }
  [[nodiscard]] core::Deadline deadline() const {
    return core::Deadline::after(parts_.clock, kAtMost);
  }
  core::Result<std::vector<ec2::Instance>> find(const launch::Wanted& wanted) {
    if (account_->session() == nullptr) return core::fail(account_->why());
    return launch::find_instances(*account_->session(), traced_->tracer(), wanted, deadline());
  }
  [[nodiscard]] std::int64_t now_s() const { return parts_.clock.now().wall_ns / 1'000'000'000; }

  core::Result<std::vector<std::string>> launches_meant();
  core::Result<std::vector<launch::Member>> members_of(const handoff::LaunchId& id);
  core::Status change_all(Change change);
  core::Result<std::vector<ec2::StateChange>> change_instances(
      Change change, const std::vector<ec2::Instance>& instances);
  core::Result<std::vector<ec2::StateChange>> extend(const std::vector<ec2::Instance>& instances);
  std::vector<launch::LocalMember> local_members();
  bool agrees(Change change, std::size_t count);
  void write(const Table& table) const {
    table.write(*form_of(options_.output), options_.output.quiet, parts_.out);
  }

  std::string name_;
  const InstanceOptions& options_;
  const Parts& parts_;
  launch::Wanted wanted_;
  Account* account_ = nullptr;
  TracedCommand* traced_ = nullptr;
};

core::Status Command::list() {
  const auto found = find(wanted_);
  if (!found) return core::fail(found.error());
  Table table({{"instance_id", "INSTANCE"},
               {"name", "NAME"},
               {"state", "STATE"},
               {"instance_type", "TYPE"},
               {"availability_zone", "ZONE"},
               {"launch_id", "LAUNCH"},
               {"index", "INDEX"},
               {"private_ip", ""},
               {"public_ip", "PUBLIC IP"},
               {"launch_time", "LAUNCHED"}},
              "instance_id");
  for (const ec2::Instance& instance : *found) {
    table.add({core::Json(instance.id), text_or_null(tag_of(instance, "Name")),
               text_or_null(instance.state), text_or_null(instance.type),
               text_or_null(instance.availability_zone),
               text_or_null(tag_of(instance, tag::kLaunchId)),
               core::Json(std::int64_t{instance.launch_index}), text_or_null(instance.private_ip),
               text_or_null(instance.public_ip), text_or_null(instance.launch_time)});
  }
  write(table);
  return core::ok();
}

// The launches that the options and targets speak of; targets that are instances lead to theirs.
core::Result<std::vector<std::string>> Command::launches_meant() {
  std::vector<std::string> ids;
  if (!options_.job_array_id.empty()) ids.push_back(options_.job_array_id);
  launch::Wanted instances = wanted_;
  instances.names.clear();
  for (const std::string& target : options_.targets) {
    const auto id = handoff::LaunchId::parse(target);
    if (!target.starts_with("i-") && id && account_->members(*id, deadline())) {
      ids.push_back(target);
    } else {
      instances.names.push_back(target);
    }
  }
  if (!instances.names.empty() || !options_.job_array_name.empty()) {
    const auto found = find(instances);
    if (!found) return core::fail(found.error());
    for (const ec2::Instance& instance : *found) {
      const std::string id = tag_of(instance, tag::kLaunchId);
      if (std::ranges::find(ids, id) == ids.end()) ids.push_back(id);
    }
  }
  return ids;
}

core::Result<std::vector<launch::Member>> Command::members_of(const handoff::LaunchId& id) {
  auto rows = account_->members(id, deadline());
  std::vector<ec2::Instance> instances;
  const bool all_local =
      rows && !rows->empty() &&
      std::ranges::all_of(*rows, [](const handoff::Row& row) { return row.provider == "local"; });
  if (account_->session() != nullptr && !all_local) {
    launch::Wanted all;
    all.launch_id = id.text();
    all.states.assign(kStates.begin(), kStates.end());
    auto found = find(all);
    // The registry knows more; who may read it and not EC2 shall see what there is.
    if (found) instances = std::move(*found);
  }
  if (!rows && instances.empty()) return core::fail(rows.error());
  return launch::members_of(rows.value_or(std::vector<handoff::Row>()), instances, now_s());
}

core::Status Command::status() {
  if (options_.targets.empty() && options_.job_array_id.empty() &&
      options_.job_array_name.empty()) {
    return core::fail(Code::invalid_argument,
                      "whose? Give an instance's id or name, or --job-array-id");
  }
  const auto ids = launches_meant();
  if (!ids) return core::fail(ids.error());
  Table table({{"instance_id", "INSTANCE"},
               {"index", "INDEX"},
               {"state", "STATE"},
               {"exit_code", "EXIT"},
               {"heartbeat_age_s", "HEARTBEAT"},
               {"provider", "PROVIDER"},
               {"ip_address", ""},
               {"region", ""},
               {"launch_id", ""},
               {"trace_id", "TRACE"}},
              "instance_id");
  for (const std::string& text : *ids) {
    const auto id = handoff::LaunchId::parse(text);
    if (!id) return core::fail(core::Error(id.error()).while_("--job-array-id"));
    const auto members = members_of(*id);
    if (!members) return core::fail(members.error());
    for (const launch::Member& member : *members) {
      const bool one_meant = std::ranges::any_of(options_.targets, [&](const std::string& target) {
        return target == member.instance_id;
      });
      if (!one_meant && std::ranges::any_of(options_.targets, [](const std::string& target) {
            return target.starts_with("i-");
          })) {
        continue;
      }
      table.add({core::Json(member.instance_id),
                 member.index ? core::Json(*member.index) : core::Json(), core::Json(member.state),
                 member.exit_code ? core::Json(*member.exit_code) : core::Json(),
                 member.heartbeat_age_s < 0 ? core::Json() : core::Json(member.heartbeat_age_s),
                 text_or_null(member.provider), text_or_null(member.ip_address),
                 text_or_null(member.region), core::Json(text), text_or_null(member.trace_id)});
    }
    if (!options_.output.quiet) {
      parts_.err << fmt::format(
          "spawn: {}: {}\n", text,
          members->empty() ? "no member has registered yet" : launch::summary(*members));
    }
  }
  write(table);
  return core::ok();
}

std::vector<launch::LocalMember> Command::local_members() {
  std::vector<launch::LocalMember> members;
  const auto folder = launch::local_folder(parts_.env);
  std::vector<std::string> ids = options_.targets;
  if (!options_.job_array_id.empty()) ids.push_back(options_.job_array_id);
  for (const std::string& id : ids) {
    if (!folder || !handoff::LaunchId::parse(id)) continue;
    for (launch::LocalMember& member : launch::running_members(*folder, id)) {
      members.push_back(std::move(member));
    }
  }
  return members;
}

bool Command::agrees(Change change, std::size_t count) {
  if (options_.yes || !parts_.in_is_terminal) return true;
  parts_.err << fmt::format("{} {} {}? [y/N] ", name_of(change), count,
                            count == 1 ? "instance" : "instances")
             << std::flush;
  std::string answer;
  std::getline(parts_.in, answer);
  return answer == "y" || answer == "Y" || answer == "yes";
}

core::Result<std::vector<ec2::StateChange>> Command::extend(
    const std::vector<ec2::Instance>& instances) {
  const auto more = config::parse_duration(options_.ttl);
  const auto endpoint = account_->session()->endpoint(ec2::kService);
  if (!endpoint) return core::fail(endpoint.error());
  std::vector<ec2::StateChange> changes;
  for (const ec2::Instance& instance : instances) {
    // A life is counted from the launch.
    const auto launched = aws::parse_iso8601(instance.launch_time);
    const std::int64_t age =
        launched ? std::max<std::int64_t>(0, parts_.clock.now().wall_ns - *launched) : 0;
    const std::string ttl =
        config::format_duration(std::chrono::ceil<std::chrono::seconds>(core::Nanos(age)) + *more);
    const std::string before = tag_of(instance, tag::kTtl);
    auto set = ec2::create_tags(account_->session()->caller(), *endpoint,
                                std::vector<std::string>{instance.id},
                                {{std::string(tag::kTtl), ttl}}, deadline());
    if (!set) return core::fail(std::move(set.error()));
    changes.push_back({instance.id, before.empty() ? "no end" : before, ttl});
  }
  return changes;
}

core::Result<std::vector<ec2::StateChange>> Command::change_instances(
    Change change, const std::vector<ec2::Instance>& instances) {
  if (change == Change::extend) return extend(instances);
  const auto endpoint = account_->session()->endpoint(ec2::kService);
  if (!endpoint) return core::fail(endpoint.error());
  std::vector<std::string> ids;
  ids.reserve(instances.size());
  for (const ec2::Instance& instance : instances) ids.push_back(instance.id);
  aws::Caller& caller = account_->session()->caller();
  if (change == Change::terminate) {
    return ec2::terminate_instances(caller, *endpoint, ids, deadline());
  }
  if (change == Change::start) return ec2::start_instances(caller, *endpoint, ids, deadline());
  return ec2::stop_instances(caller, *endpoint, ids,
                             options_.hibernate ? ec2::Stop::hibernate : ec2::Stop::stop,
                             deadline());
}

core::Status Command::change_all(Change change) {
  if (options_.targets.empty() && options_.job_array_id.empty() &&
      options_.job_array_name.empty()) {
    return core::fail(Code::invalid_argument,
                      "which? Give an instance's id or name, or --job-array-id");
  }
  if (change == Change::extend) {
    if (const auto ttl = config::parse_duration(options_.ttl); !ttl || ttl->count() == 0) {
      return core::fail(Code::invalid_argument,
                        fmt::format("--ttl: '{}' is no length of time; expected such as 30m, 8h or "
                                    "1h30m",
                                    options_.ttl));
    }
  }
  std::vector<ec2::StateChange> changes;
  if (change == Change::terminate) {
    const auto local = local_members();
    if (!local.empty()) {
      if (!agrees(change, local.size())) return core::fail(Code::unavailable, "nothing was done");
      for (const launch::LocalMember& member : local) {
        (void)kill(member.pid, SIGTERM);
        changes.push_back({member.instance_id, "running", "ending"});
      }
    }
  }
  if (changes.empty()) {
    const auto instances = find(wanted_);
    if (!instances) return core::fail(instances.error());
    if (instances->empty()) {
      return core::fail(Code::not_found, "spawn launched no such instances, or they are gone");
    }
    if (change != Change::extend && !agrees(change, instances->size())) {
      return core::fail(Code::unavailable, "nothing was done");
    }
    auto changed = change_instances(change, *instances);
    if (!changed) return core::fail(std::move(changed.error()));
    changes = std::move(*changed);
  }
  const bool times = change == Change::extend;
  Table table({{"instance_id", "INSTANCE"},
               {times ? "ttl_before" : "state_before", times ? "TTL BEFORE" : "BEFORE"},
               {times ? "ttl" : "state", times ? "TTL" : "NOW"}},
              "instance_id");
  for (const ec2::StateChange& changed : changes) {
    table.add({core::Json(changed.id), text_or_null(changed.before), text_or_null(changed.now)});
  }
  write(table);
  return core::ok();
}

void add_array_options(CLI::App& command, InstanceOptions& options) {
  command.add_option("--job-array-id", options.job_array_id, "Every member of this launch")
      ->type_name("ID");
  command.add_option("--job-array-name", options.job_array_name, "Every job array of this name")
      ->type_name("NAME");
}

void add_filter_options(CLI::App& command, InstanceOptions& options) {
  command.add_option("--state", options.states, "Only in these states, with commas")
      ->type_name("STATE");
  command.add_option("--tag", options.tags, "Only with this tag")
      ->type_name("NAME=VALUE")
      ->allow_extra_args(false);
}

void add_common(CLI::App& command, InstanceOptions& options) {
  add_array_options(command, options);
  add_account_options(command, options.account);
  add_output_options(command, options.output);
}

}  // namespace

void add_list_options(CLI::App& command, InstanceOptions& options) {
  add_filter_options(command, options);
  add_common(command, options);
}

void add_status_options(CLI::App& command, InstanceOptions& options) {
  command.add_option("INSTANCE", options.targets, "Ids or names of instances, or ids of launches");
  add_common(command, options);
}

void add_change_options(CLI::App& command, Change change, InstanceOptions& options) {
  command.add_option("INSTANCE", options.targets, "Ids or names of instances");
  if (change == Change::stop) {
    command.add_flag("--hibernate", options.hibernate, "Keep their memory on disk");
  }
  if (change == Change::extend) {
    command.add_option("--ttl", options.ttl, "How long they shall live from now on: 30m, 8h, 7d")
        ->type_name("TIME")
        ->required();
  } else {
    command.add_flag("-y,--yes", options.yes, "Do not ask");
  }
  add_filter_options(command, options);
  add_common(command, options);
}

int list_command(const InstanceOptions& options, const Parts& parts) {
  return Command("list", options, parts).run(&Command::list);
}

int status_command(const InstanceOptions& options, const Parts& parts) {
  return Command("status", options, parts).run(&Command::status);
}

int change_command(Change change, const InstanceOptions& options, const Parts& parts) {
  Command command(name_of(change), options, parts);
  switch (change) {
    case Change::terminate:
      return command.run(&Command::change<Change::terminate>);
    case Change::stop:
      return command.run(&Command::change<Change::stop>);
    case Change::start:
      return command.run(&Command::change<Change::start>);
    case Change::extend:
      return command.run(&Command::change<Change::extend>);
  }
  return core::exit_status(Code::internal);
}

}  // namespace spawn::cli
