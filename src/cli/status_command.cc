// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
#include "cli/status_command.h"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <optional>
#include <utility>

#include "core/text.h"
#include "handoff/launch_id.h"
#include "handoff/tags.h"
#include "launch/local_launch.h"
#include "launch/members.h"

namespace spawn::cli {
namespace {

using core::Code;
using Members = std::vector<launch::Member>;

// A launch that is meant, and which of its members; none: all of them.
struct Meant {
  std::string launch_id;
  std::vector<std::string> members;
};

class Status {
 public:
  explicit Status(InstanceCommand& command) : command_(command) {}

  core::Status operator()() {
    if (!command_.names_any()) {
      return core::fail(Code::invalid_argument,
                        "whose? Give an instance's id or name, or --job-array-id");
    }
    if (auto found = find_launches(); !found) return found;
    for (const Meant& meant : meant_) {
      if (auto added = add(meant); !added) return added;
    }
    command_.write(table_);
    return core::ok();
  }

 private:
  core::Status find_launches();
  core::Status find_instances(launch::Wanted wanted);
  void add_whole(const std::string& launch_id) { meant_.push_back({launch_id, {}}); }
  void add_member(const std::string& launch_id, const std::string& member);
  core::Result<Members> members_of(const handoff::LaunchId& id);
  core::Status add(const Meant& meant);

  InstanceCommand& command_;
  std::vector<Meant> meant_;
  Table table_{{{"instance_id", "INSTANCE"},
                {"index", "INDEX"},
                {"state", "STATE"},
                {"exit_code", "EXIT"},
                {"heartbeat_age_s", "HEARTBEAT"},
                {"provider", "PROVIDER"},
                {"ip_address", ""},
                {"region", ""},
                {"launch_id", ""},
                {"trace_id", "TRACE"}},
               "instance_id"};
};

void Status::add_member(const std::string& launch_id, const std::string& member) {
  const auto known = std::ranges::find_if(meant_, [&](const Meant& meant) {
    return meant.launch_id == launch_id && !meant.members.empty();
  });
  if (known == meant_.end()) {
    meant_.push_back({launch_id, {member}});
  } else {
    known->members.push_back(member);
  }
}

// What is no id of EC2's may be a member on this machine, a launch, or a name.
core::Status Status::find_launches() {
  const InstanceOptions& options = command_.options();
  if (!options.job_array_id.empty()) add_whole(options.job_array_id);
  launch::Wanted instances = command_.wanted();
  instances.names.clear();
  const auto folder = launch::local_folder(command_.parts().env);
  for (const std::string& target : options.targets) {
    const auto local = folder ? launch::local_launch_of(*folder, target) : std::nullopt;
    const auto id = handoff::LaunchId::parse(target);
    if (local && *local != target) {
      add_member(*local, target);
    } else if (local || (!target.starts_with("i-") && id &&
                         command_.account().members(*id, command_.deadline()))) {
      add_whole(target);
    } else {
      instances.names.push_back(target);
    }
  }
  if (folder && !options.job_array_name.empty()) {
    for (const std::string& id : launch::local_launches_named(*folder, options.job_array_name)) {
      add_whole(id);
    }
  }
  const bool is_known = !meant_.empty() && command_.account().session() == nullptr;
  if (instances.names.empty() && (options.job_array_name.empty() || is_known)) return core::ok();
  return find_instances(std::move(instances));
}

core::Status Status::find_instances(launch::Wanted wanted) {
  const bool by_name = !wanted.names.empty();
  // How an instance ended is a question too.
  wanted.states.assign(kInstanceStates.begin(), kInstanceStates.end());
  const auto found = command_.find(wanted);
  if (!found) return core::fail(found.error());
  for (const aws::ec2::Instance& instance : *found) {
    const std::string id = tag_of(instance, handoff::tag::kLaunchId);
    if (by_name) {
      add_member(id, instance.id);
    } else if (std::ranges::find(meant_, id, &Meant::launch_id) == meant_.end()) {
      add_whole(id);
    }
  }
  if (!meant_.empty()) return core::ok();
  return core::fail(Code::not_found, fmt::format("spawn launched no job array '{}', or it is gone",
                                                 core::visible(wanted.job_array_name)));
}

core::Result<Members> Status::members_of(const handoff::LaunchId& id) {
  auto rows = command_.account().members(id, command_.deadline());
  std::vector<aws::ec2::Instance> instances;
  const bool all_local =
      rows && !rows->empty() &&
      std::ranges::all_of(*rows, [](const handoff::Row& row) { return row.provider == "local"; });
  if (command_.account().session() != nullptr && !all_local) {
    launch::Wanted all;
    all.launch_id = id.text();
    all.states.assign(kInstanceStates.begin(), kInstanceStates.end());
    auto found = command_.find(all);
    // The registry knows more; who may read it and not EC2 shall see what there is.
    if (found) instances = std::move(*found);
  }
  if (!rows && instances.empty()) return core::fail(rows.error());
  return launch::members_of(rows.value_or(std::vector<handoff::Row>()), instances,
                            command_.parts().clock.now().wall_ns / 1'000'000'000);
}

core::Status Status::add(const Meant& meant) {
  const auto id = handoff::LaunchId::parse(meant.launch_id);
  if (!id) return core::fail(core::Error(id.error()).while_("--job-array-id"));
  auto members = members_of(*id);
  if (!members) return core::fail(members.error());
  if (!meant.members.empty()) {
    std::erase_if(*members, [&](const launch::Member& member) {
      return std::ranges::find(meant.members, member.instance_id) == meant.members.end();
    });
  }
  for (const launch::Member& member : *members) {
    table_.add(
        {core::Json(member.instance_id), member.index ? core::Json(*member.index) : core::Json(),
         core::Json(member.state), member.exit_code ? core::Json(*member.exit_code) : core::Json(),
         member.heartbeat_age_s < 0 ? core::Json() : core::Json(member.heartbeat_age_s),
         text_or_null(member.provider), text_or_null(member.ip_address),
         text_or_null(member.region), core::Json(meant.launch_id), text_or_null(member.trace_id)});
  }
  if (!command_.options().output.quiet) {
    command_.parts().err << fmt::format(
        "spawn: {}: {}\n", meant.launch_id,
        members->empty() ? "no member has registered yet" : launch::summary(*members));
  }
  return core::ok();
}

}  // namespace

void add_status_options(CLI::App& command, InstanceOptions& options) {
  command.add_option("INSTANCE", options.targets, "Ids or names of instances, or ids of launches");
  add_instance_options(command, options);
}

int status_command(const InstanceOptions& options, const Parts& parts) {
  return InstanceCommand("status", options, parts).run([](InstanceCommand& command) {
    return Status(command)();
  });
}

}  // namespace spawn::cli
