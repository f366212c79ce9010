// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
#include "agent/places.h"

#include "core/text.h"

namespace spawn::agent {
namespace {

constexpr const char* kRuntime = "/run/spored";

// systemd names several with colons; the first is the one we asked for.
std::optional<std::string> first_folder(const core::Env& env, std::string_view name) {
  const auto value = env.get_non_empty(name);
  if (!value) return std::nullopt;
  return std::string(core::split(*value, ':').front());
}

}  // namespace

Places places_for(const core::Env& env, const std::string& instance_id) {
  Places places{kRuntime, "/var/log/spored/jobs", "/var/lib/spored"};
  if (const auto runtime = env.get_non_empty("XDG_RUNTIME_DIR")) {
    places.runtime = *runtime + "/spored";
    const auto home = env.get_non_empty("HOME");
    auto state = env.get_non_empty("XDG_STATE_HOME");
    if (!state && home) state = *home + "/.local/state";
    if (state) {
      places.state = *state + "/spored/" + instance_id;
      places.jobs = places.state + "/jobs";
    }
  }
  if (const auto folder = first_folder(env, "RUNTIME_DIRECTORY")) places.runtime = *folder;
  if (const auto folder = first_folder(env, "LOGS_DIRECTORY")) places.jobs = *folder + "/jobs";
  if (const auto folder = first_folder(env, "STATE_DIRECTORY")) places.state = *folder;
  return places;
}

std::string control_socket(const std::string& runtime) { return runtime + "/control.sock"; }

std::vector<std::string> control_sockets(const core::Env& env) {
  std::vector<std::string> paths;
  if (const auto folder = first_folder(env, "RUNTIME_DIRECTORY")) {
    paths.push_back(control_socket(*folder));
  }
  if (const auto runtime = env.get_non_empty("XDG_RUNTIME_DIR")) {
    paths.push_back(control_socket(*runtime + "/spored"));
  }
  paths.push_back(control_socket(kRuntime));
  return paths;
}

}  // namespace spawn::agent
