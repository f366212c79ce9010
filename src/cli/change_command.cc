// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
#include "cli/change_command.h"

#include <fmt/format.h>
#include <signal.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <istream>
#include <optional>
#include <utility>

#include "aws/timestamp.h"
#include "config/duration.h"
#include "core/text.h"
#include "handoff/tags.h"
#include "launch/local_launch.h"

namespace spawn::cli {
namespace {

namespace ec2 = aws::ec2;
namespace tag = handoff::tag;
using core::Code;
using Changes = std::vector<ec2::StateChange>;

std::string_view name_of(Change change) {
  constexpr std::string_view kNames[] = {"terminate", "stop", "start", "extend"};
  return kNames[static_cast<std::size_t>(change)];
}

// One change of all that is meant, wherever it runs.
class Changing {
 public:
  Changing(Change change, InstanceCommand& command)
      : change_(change), command_(command), wanted_(command.wanted()) {}

  core::Status operator()() {
    if (auto good = check(); !good) return good;
    if (auto found = find(); !found) return found;
    if (!agrees()) return core::fail(Code::unavailable, "nothing was done");
    if (auto changed = change_instances(); !changed) return changed;
    end_local_members();
    write();
    return core::ok();
  }

 private:
  [[nodiscard]] core::Status check() const;
  core::Status find();
  core::Status find_local_members();
  bool agrees();
  core::Status change_instances();
  core::Result<Changes> ask_ec2(const aws::Endpoint& endpoint);
  core::Result<Changes> extend(const aws::Endpoint& endpoint);
  void end_local_members();
  void write() const;

  Change change_;
  InstanceCommand& command_;
  launch::Wanted wanted_;  // what is left of it for EC2
  std::vector<ec2::Instance> instances_;
  std::vector<launch::LocalMember> local_;
  Changes changes_;
};

core::Status Changing::check() const {
  if (!command_.names_any()) {
    return core::fail(Code::invalid_argument,
                      "which? Give an instance's id or name, or --job-array-id");
  }
  if (change_ != Change::extend) return core::ok();
  const std::string& typed = command_.options().ttl;
  if (const auto ttl = config::parse_duration(typed); ttl && ttl->count() > 0) return core::ok();
  return core::fail(
      Code::invalid_argument,
      fmt::format("--ttl: '{}' is no length of time; expected such as 30m, 8h or 1h30m", typed));
}

// Takes what is on this machine out of what is wanted of EC2. A local member has neither EC2's
// states nor its tags, so whoever asks for those does not mean it.
core::Status Changing::find_local_members() {
  const auto folder = launch::local_folder(command_.parts().env);
  if (!folder || !wanted_.states.empty() || !wanted_.tags.empty()) return core::ok();
  const auto take = [&](const std::string& target) {
    const auto launch_id = launch::local_launch_of(*folder, target);
    if (!launch_id) return false;
    for (launch::LocalMember& member : launch::running_members(*folder, *launch_id)) {
      if (*launch_id == target || member.instance_id == target) local_.push_back(std::move(member));
    }
    return true;
  };
  std::erase_if(wanted_.names, take);
  if (!wanted_.launch_id.empty() && take(wanted_.launch_id)) wanted_.launch_id.clear();
  if (!wanted_.job_array_name.empty()) {
    for (const auto& id : launch::local_launches_named(*folder, wanted_.job_array_name)) take(id);
    if (!local_.empty() && command_.account().session() == nullptr) wanted_.job_array_name.clear();
  }
  const bool ends = change_ == Change::terminate || change_ == Change::stop;
  if (ends || local_.empty()) return core::ok();
  return core::fail(
      Code::invalid_argument,
      fmt::format("'{}' is a process on this machine: it can be ended, but there is no {} for it",
                  local_.front().instance_id, name_of(change_)));
}

core::Status Changing::find() {
  if (auto good = find_local_members(); !good) return good;
  const bool asks_ec2 =
      !wanted_.names.empty() || !wanted_.launch_id.empty() || !wanted_.job_array_name.empty();
  if (asks_ec2) {
    auto found = command_.find(wanted_);
    if (!found) return core::fail(std::move(found.error()));
    instances_ = std::move(*found);
  }
  if (!instances_.empty() || !local_.empty()) return core::ok();
  return core::fail(Code::not_found, asks_ec2 ? "spawn launched no such instances, or they are gone"
                                              : "none of them runs any more");
}

bool Changing::agrees() {
  const Parts& parts = command_.parts();
  if (change_ == Change::extend || command_.options().yes || !parts.in_is_terminal) return true;
  const std::size_t count = instances_.size() + local_.size();
  parts.err << fmt::format("{} {} {}? [y/N] ", name_of(change_), count,
                           count == 1 ? "instance" : "instances")
            << std::flush;
  std::string answer;
  std::getline(parts.in, answer);
  return answer == "y" || answer == "Y" || answer == "yes";
}

core::Status Changing::change_instances() {
  if (instances_.empty()) return core::ok();
  const auto endpoint = command_.account().session()->endpoint(ec2::kService);
  if (!endpoint) return core::fail(endpoint.error());
  auto changed = change_ == Change::extend ? extend(*endpoint) : ask_ec2(*endpoint);
  if (!changed) return core::fail(std::move(changed.error()));
  changes_ = std::move(*changed);
  return core::ok();
}

core::Result<Changes> Changing::ask_ec2(const aws::Endpoint& endpoint) {
  std::vector<std::string> ids;
  ids.reserve(instances_.size());
  for (const ec2::Instance& instance : instances_) ids.push_back(instance.id);
  aws::Caller& caller = command_.account().session()->caller();
  const core::Deadline deadline = command_.deadline();
  if (change_ == Change::terminate)
    return ec2::terminate_instances(caller, endpoint, ids, deadline);
  if (change_ == Change::start) return ec2::start_instances(caller, endpoint, ids, deadline);
  const auto how = command_.options().hibernate ? ec2::Stop::hibernate : ec2::Stop::stop;
  return ec2::stop_instances(caller, endpoint, ids, how, deadline);
}

core::Result<Changes> Changing::extend(const aws::Endpoint& endpoint) {
  const auto more = config::parse_duration(command_.options().ttl);
  const std::int64_t now_ns = command_.parts().clock.now().wall_ns;
  Changes changes;
  for (const ec2::Instance& instance : instances_) {
    // A life is counted from the launch.
    const auto launched = aws::parse_iso8601(instance.launch_time);
    const core::Nanos age(launched ? std::max<std::int64_t>(0, now_ns - *launched) : 0);
    const std::string ttl =
        config::format_duration(std::chrono::ceil<std::chrono::seconds>(age) + *more);
    const std::string before = tag_of(instance, tag::kTtl);
    auto set = ec2::create_tags(command_.account().session()->caller(), endpoint,
                                std::vector<std::string>{instance.id},
                                {{std::string(tag::kTtl), ttl}}, command_.deadline());
    if (!set) return core::fail(std::move(set.error()));
    changes.push_back({instance.id, before.empty() ? "no end" : before, ttl});
  }
  return changes;
}

void Changing::end_local_members() {
  for (const launch::LocalMember& member : local_) {
    (void)kill(member.pid, SIGTERM);
    changes_.push_back({member.instance_id, "running", "ending"});
  }
}

void Changing::write() const {
  const bool times = change_ == Change::extend;
  Table table({{"instance_id", "INSTANCE"},
               {times ? "ttl_before" : "state_before", times ? "TTL BEFORE" : "BEFORE"},
               {times ? "ttl" : "state", times ? "TTL" : "NOW"}},
              "instance_id");
  for (const ec2::StateChange& changed : changes_) {
    table.add({core::Json(changed.id), text_or_null(changed.before), text_or_null(changed.now)});
  }
  command_.write(table);
}

}  // namespace

void add_change_options(CLI::App& command, Change change, InstanceOptions& options) {
  const bool ends = change == Change::terminate || change == Change::stop;
  command.add_option("INSTANCE", options.targets,
                     ends ? "Ids or names of instances; ids of local members or launches"
                          : "Ids or names of instances");
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
  add_instance_options(command, options);
}

int change_command(Change change, const InstanceOptions& options, const Parts& parts) {
  return InstanceCommand(name_of(change), options, parts).run([change](InstanceCommand& command) {
    return Changing(change, command)();
  });
}

}  // namespace spawn::cli
