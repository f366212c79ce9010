// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
//
// `--provider local`: the members of a job array as agents on this machine. Each is a real spored
// in a session of its own, with a folder for its settings, log and socket, told by local.yaml what
// an instance is told by its tags. They go on when spawn ends.
#pragma once

#include <sys/types.h>

#include <optional>
#include <string>
#include <vector>

#include "core/env.h"
#include "handoff/launch_id.h"
#include "handoff/registry.h"
#include "launch/ec2_launch.h"
#include "launch/options.h"

namespace spawn::launch {

struct LocalMember {
  int index = 0;
  std::string instance_id;
  std::string folder;
  pid_t pid = 0;
};

struct LocalPlace {
  std::string spored;    // the program
  std::string folder;    // of all local launches: local_folder()
  const core::Env& env;  // what members inherit
};

// $XDG_STATE_HOME/spawn/local, or below ~/.local/state.
core::Result<std::string> local_folder(const core::Env& env);

class LocalLaunch {
 public:
  LocalLaunch(const Plan& plan, handoff::LaunchId id, handoff::Registry& registry, LocalPlace place,
              const Outside& outside)
      : plan_(plan),
        id_(std::move(id)),
        registry_(registry),
        place_(std::move(place)),
        outside_(outside) {}

  // All of them or, when one cannot be started, none. In the span that is current.
  core::Result<std::vector<LocalMember>> operator()();

  // Until every member has registered or ended, or none more has for so long. Code::timeout says
  // how many have.
  core::Status wait_for_registration(core::Nanos patience);
  // Until every member has ended. When interrupted it ends the members, waits for that, and says
  // so; with Code::timeout they go on.
  core::Status wait_for_the_end();

 private:
  core::Result<LocalMember> start(int index, const telemetry::ActiveContext* context);
  void terminate();
  bool reap();  // true when none is left

  const Plan& plan_;
  handoff::LaunchId id_;
  handoff::Registry& registry_;
  LocalPlace place_;
  Outside outside_;
  std::vector<LocalMember> members_;
};

// The launch on this machine that a person names by its id or by a member's, such as
// "local-0123456789ab-3"; also when all of it has ended. Nothing when there is none.
std::optional<std::string> local_launch_of(const std::string& folder, const std::string& name);

// Every launch on this machine whose job array has that name, whether it runs or not.
std::vector<std::string> local_launches_named(const std::string& folder, const std::string& name);

// The pids of a launch's members on this machine that still run. Empty when there are none.
std::vector<LocalMember> running_members(const std::string& folder, const std::string& launch_id);

}  // namespace spawn::launch
