// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
#include "launch/local_launch.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <signal.h>
#include <spawn.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include <algorithm>
#include <cerrno>
#include <filesystem>
#include <utility>

#include "config/keys.h"
#include "core/file.h"
#include "core/text.h"
#include "handoff/tags.h"
#include "launch/instance_tags.h"
#include "launch/launch_row.h"

namespace spawn::launch {
namespace {

namespace tag = handoff::tag;
namespace fs = std::filesystem;
using core::Code;

constexpr core::Nanos kLookEvery = std::chrono::milliseconds(100);

std::string member_id(const std::string& launch_id, int index) {
  return fmt::format("local-{}-{}", launch_id.substr(launch_id.rfind('-') + 1), index);
}

// Its owner's alone, with whatever is above it.
core::Status make_folder(const std::string& path) {
  std::error_code error;
  fs::create_directories(path, error);
  if (!error) fs::permissions(path, fs::perms::owner_all, error);
  if (error) return core::fail(Code::io, fmt::format("{}: {}", path, error.message()));
  return core::ok();
}

// What the parent's context says is the launch's business; the member learns it from the registry.
// And the run that the launch may be part of takes spans only until it ends; the member lives on.
std::vector<std::string> environment_for(const core::Env& env, const std::string& folder) {
  const std::string run = "127.0.0.1:" + env.get_non_empty("AWS_CSM_PORT").value_or("none");
  constexpr std::string_view kNotPassedOn[] = {
      "TRACEPARENT=",    "TRACESTATE=",      "BAGGAGE=",       "_X_AMZN_TRACE_ID=",
      "SPAWN_CONFIG=",   "XDG_RUNTIME_DIR=", "NOTIFY_SOCKET=", "RUNTIME_DIRECTORY=",
      "LOGS_DIRECTORY=", "STATE_DIRECTORY=", "AWS_CSM_"};
  std::vector<std::string> entries;
  for (std::string& entry : env.all()) {
    const bool is_of_run = entry.starts_with("OTEL_EXPORTER_OTLP_ENDPOINT=http://" + run + "/") ||
                           entry == "AWS_XRAY_DAEMON_ADDRESS=" + run;
    const bool passed_on =
        !is_of_run && std::ranges::none_of(kNotPassedOn, [&](std::string_view name) {
          return entry.starts_with(name);
        });
    if (passed_on) entries.push_back(std::move(entry));
  }
  entries.push_back(fmt::format("SPAWN_CONFIG={}/local.yaml", folder));
  for (const char* place : {"RUNTIME_DIRECTORY", "LOGS_DIRECTORY", "STATE_DIRECTORY"}) {
    entries.push_back(fmt::format("{}={}", place, folder));
  }
  return entries;
}

std::vector<char*> pointers(std::vector<std::string>& texts) {
  std::vector<char*> pointers;
  pointers.reserve(texts.size() + 1);
  for (std::string& text : texts) pointers.push_back(text.data());
  pointers.push_back(nullptr);
  return pointers;
}

// stdin from nowhere, the rest into the log; a session of its own, so that a terminal's signals do
// not reach it; no signal blocked.
core::Result<pid_t> start_spored(const std::string& program, const std::string& log,
                                 std::vector<std::string> environment) {
  posix_spawn_file_actions_t files;
  posix_spawn_file_actions_init(&files);
  posix_spawn_file_actions_addopen(&files, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
  posix_spawn_file_actions_addopen(&files, STDOUT_FILENO, log.c_str(),
                                   O_WRONLY | O_CREAT | O_APPEND, 0600);
  posix_spawn_file_actions_adddup2(&files, STDOUT_FILENO, STDERR_FILENO);
  posix_spawnattr_t attributes;
  posix_spawnattr_init(&attributes);
  sigset_t none;
  sigemptyset(&none);
  posix_spawnattr_setsigmask(&attributes, &none);
  posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSID | POSIX_SPAWN_SETSIGMASK);
  std::vector<std::string> arguments = {program};
  pid_t pid = 0;
  const int failed = posix_spawn(&pid, program.c_str(), &files, &attributes,
                                 pointers(arguments).data(), pointers(environment).data());
  posix_spawnattr_destroy(&attributes);
  posix_spawn_file_actions_destroy(&files);
  if (failed != 0) return core::fail(core::system_error(program, failed));
  return pid;
}

// A pid may be somebody else's by now.
bool runs_with(pid_t pid, const std::string& folder) {
  const auto environment = core::read_file(fmt::format("/proc/{}/environ", pid));
  return environment &&
         environment->find(fmt::format("SPAWN_CONFIG={}/local.yaml", folder)) != std::string::npos;
}

}  // namespace

core::Result<std::string> local_folder(const core::Env& env) {
  if (const auto state = env.get_non_empty("XDG_STATE_HOME")) return *state + "/spawn/local";
  if (const auto home = env.get_non_empty("HOME")) return *home + "/.local/state/spawn/local";
  return core::fail(Code::invalid_argument,
                    "neither XDG_STATE_HOME nor HOME is set: where shall local members live?");
}

core::Result<LocalMember> LocalLaunch::start(int index, const telemetry::ActiveContext* context) {
  LocalMember member;
  member.index = index;
  const std::string& id = id_.text();
  member.instance_id = member_id(id, index);
  member.folder = fmt::format("{}/{}/{}", place_.folder, id, index);
  if (auto made = make_folder(member.folder); !made) return core::fail(std::move(made.error()));

  Tags tags = instance_tags(plan_, id, context);
  tags.insert_or_assign("spawn:instance-id", member.instance_id);
  if (plan_.is_array)
    tags.insert_or_assign(std::string(tag::kJobArrayIndex), std::to_string(index));
  auto written = core::write_private_file(member.folder + "/local.yaml",
                                          config::yaml_of({tags.begin(), tags.end()}));
  if (!written) return core::fail(std::move(written.error()));
  auto pid = start_spored(place_.spored, member.folder + "/spored.log",
                          environment_for(place_.env, member.folder));
  if (!pid) return core::fail(std::move(pid.error()));
  member.pid = *pid;
  written = core::write_private_file(member.folder + "/pid", fmt::format("{}\n", *pid));
  if (!written) outside_.note(written.error().message);  // it runs; only `terminate` will miss it
  return member;
}

core::Result<std::vector<LocalMember>> LocalLaunch::operator()() {
  core::Clock& clock = outside_.tracer.clock();
  const std::int64_t now_s = clock.now().wall_ns / 1'000'000'000;
  if (auto made = make_folder(place_.folder); !made) return core::fail(std::move(made.error()));
  const auto published =
      registry_.publish_launch(launch_row(id_, "local", "", outside_.tracer, now_s),
                               core::Deadline::after(clock, std::chrono::seconds(30)));
  if (!published) {
    outside_.note(
        "the launch is not in the registry, so 'spawn status' will not see its members; "
        "they take the trace from their settings: " +
        published.error().message);
  }
  for (int index = 0; index < plan_.count; ++index) {
    auto member = outside_.interrupted()
                      ? core::Result<LocalMember>(core::fail(Code::unavailable, "interrupted"))
                      : start(index, traced_context(outside_.tracer));
    if (!member) {
      terminate();
      return core::fail(std::move(member.error())
                            .while_(fmt::format("member {} was not started, and the {} before it "
                                                "were ended",
                                                index, index)));
    }
    members_.push_back(std::move(*member));
    outside_.progress(fmt::format("{} of {} started", index + 1, plan_.count));
  }
  return members_;
}

bool LocalLaunch::reap() {
  bool any = false;
  for (LocalMember& member : members_) {
    if (member.pid != 0 && waitpid(member.pid, nullptr, WNOHANG) != 0) member.pid = 0;
    any = any || member.pid != 0;
  }
  return !any;
}

void LocalLaunch::terminate() {
  core::Clock& clock = outside_.tracer.clock();
  for (const LocalMember& member : members_) {
    if (member.pid != 0) (void)kill(member.pid, SIGTERM);
  }
  const core::Deadline deadline = core::Deadline::after(clock, std::chrono::seconds(15));
  while (!reap() && !deadline.passed(clock)) clock.sleep_for(kLookEvery);
}

core::Status LocalLaunch::wait_for_registration(core::Nanos patience) {
  core::Clock& clock = outside_.tracer.clock();
  core::Deadline deadline = core::Deadline::after(clock, patience);
  std::size_t registered = 0;
  for (;;) {
    const auto rows = registry_.members(id_, core::Deadline::after(clock, patience));
    if (!rows) return core::fail(rows.error());
    if (rows->size() > registered) deadline = core::Deadline::after(clock, patience);
    registered = rows->size();
    outside_.progress(fmt::format("{} of {} registered", registered, members_.size()));
    if (registered >= members_.size() || outside_.interrupted()) return core::ok();
    if (reap() || deadline.passed(clock)) {
      return core::fail(Code::timeout,
                        fmt::format("{} of {} members registered; see {}/{}/*/spored.log",
                                    registered, members_.size(), place_.folder, id_.text()));
    }
    clock.sleep_for(kLookEvery);
  }
}

core::Status LocalLaunch::wait_for_the_end() {
  core::Clock& clock = outside_.tracer.clock();
  const core::Deadline deadline = core::Deadline::after(clock, plan_.wait_timeout);
  while (!reap()) {
    if (outside_.interrupted()) {
      terminate();
      return core::fail(Code::unavailable, "interrupted; the members were ended");
    }
    const auto left = std::ranges::count_if(members_, [](const auto& m) { return m.pid != 0; });
    if (deadline.passed(clock)) {
      return core::fail(Code::timeout, fmt::format("{} of {} members still run, and go on", left,
                                                   members_.size()));
    }
    outside_.progress(fmt::format("{} of {} ended", std::ssize(members_) - left, members_.size()));
    clock.sleep_for(kLookEvery);
  }
  return core::ok();
}

std::optional<std::string> local_launch_of(const std::string& folder, const std::string& name) {
  if (!handoff::LaunchId::parse(name)) return std::nullopt;
  std::error_code error;
  if (fs::is_directory(fs::path(folder) / name, error)) return name;
  const auto index = core::parse_int(std::string_view(name).substr(name.rfind('-') + 1));
  if (!index) return std::nullopt;
  for (const auto& entry : fs::directory_iterator(folder, error)) {
    const std::string launch_id = entry.path().filename();
    if (member_id(launch_id, static_cast<int>(*index)) == name &&
        fs::is_directory(entry.path() / std::to_string(*index), error)) {
      return launch_id;
    }
  }
  return std::nullopt;
}

std::vector<std::string> local_launches_named(const std::string& folder, const std::string& name) {
  std::vector<std::string> ids;
  std::error_code error;
  for (const auto& entry : fs::directory_iterator(folder, error)) {
    const std::string id = entry.path().filename();
    // LaunchId::make: the name, then a time and a random number.
    const auto random = id.rfind('-');
    const auto time =
        random == std::string::npos || random == 0 ? random : id.rfind('-', random - 1);
    if (time != std::string::npos && id.substr(0, time) == name) ids.push_back(id);
  }
  std::ranges::sort(ids);
  return ids;
}

std::vector<LocalMember> running_members(const std::string& folder, const std::string& launch_id) {
  std::vector<LocalMember> running;
  std::error_code error;
  for (const auto& entry : fs::directory_iterator(fs::path(folder) / launch_id, error)) {
    LocalMember member;
    member.folder = entry.path();
    member.index = static_cast<int>(core::parse_int(entry.path().filename().string()).value_or(-1));
    const auto text = core::read_file(member.folder + "/pid");
    const auto pid = text ? core::parse_int(core::trim(*text)) : std::nullopt;
    if (member.index < 0 || !pid || !runs_with(static_cast<pid_t>(*pid), member.folder)) continue;
    member.pid = static_cast<pid_t>(*pid);
    member.instance_id = member_id(launch_id, member.index);
    running.push_back(std::move(member));
  }
  std::ranges::sort(running, {}, &LocalMember::index);
  return running;
}

}  // namespace spawn::launch
