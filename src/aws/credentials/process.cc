// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
#include "aws/credentials/process.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <string>
#include <vector>

#include "aws/credentials/json.h"
#include "core/file.h"
#include "core/json.h"

namespace spawn::aws {
namespace {

using core::Code;

constexpr std::size_t kMaxOutputBytes = 64U << 10;

struct Child {
  pid_t pid = -1;
  core::Fd output;

  // The whole group: a shell may have children of its own.
  void kill_group() const { ::kill(-pid, SIGKILL); }
  // True when it ended well. A program that reaps all children itself may have taken the status:
  // then what was printed must speak for it.
  [[nodiscard]] bool reap() const {
    int status = 0;
    pid_t done = 0;
    do {
      done = ::waitpid(pid, &status, 0);
    } while (done < 0 && errno == EINTR);
    return done < 0 || (WIFEXITED(status) && WEXITSTATUS(status) == 0);
  }
};

core::Result<Child> start(const std::string& command, const core::Env& env) {
  int ends[2];
  if (::pipe2(ends, O_CLOEXEC) != 0) return core::fail(core::system_error("pipe", errno));
  Child child;
  child.output = core::Fd(ends[0]);
  const core::Fd write_end(ends[1]);

  posix_spawn_file_actions_t files;
  posix_spawn_file_actions_init(&files);
  posix_spawn_file_actions_addopen(&files, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
  posix_spawn_file_actions_adddup2(&files, write_end.get(), STDOUT_FILENO);
  posix_spawn_file_actions_addopen(&files, STDERR_FILENO, "/dev/null", O_WRONLY, 0);
  posix_spawnattr_t attributes;
  posix_spawnattr_init(&attributes);
  sigset_t none;
  sigemptyset(&none);
  posix_spawnattr_setsigmask(&attributes, &none);
  posix_spawnattr_setpgroup(&attributes, 0);
  posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGMASK);

  std::string shell = "/bin/sh";
  std::string dash_c = "-c";
  std::string text = command;
  char* arguments[] = {shell.data(), dash_c.data(), text.data(), nullptr};
  std::vector<std::string> variables = env.all();
  std::vector<char*> environment;
  environment.reserve(variables.size() + 1);
  for (std::string& variable : variables) environment.push_back(variable.data());
  environment.push_back(nullptr);
  const int error =
      ::posix_spawn(&child.pid, shell.c_str(), &files, &attributes, arguments, environment.data());
  posix_spawnattr_destroy(&attributes);
  posix_spawn_file_actions_destroy(&files);
  if (error != 0) return core::fail(core::system_error(shell, error));
  return child;
}

core::Status wait_readable(int fd, core::Deadline deadline, core::Clock& clock) {
  for (;;) {
    const auto left =
        std::chrono::ceil<std::chrono::milliseconds>(deadline.remaining(clock)).count();
    if (left == 0) return core::fail(Code::timeout, "it took too long and was ended");
    pollfd ready{fd, POLLIN, 0};
    const int count = ::poll(&ready, 1, static_cast<int>(std::min<std::int64_t>(left, 1000)));
    if (count > 0) return core::ok();
    if (count < 0 && errno != EINTR) return core::fail(core::system_error("poll", errno));
  }
}

// All that it prints until it has closed its output and ended.
core::Result<std::string> read_all(const Child& child, core::Deadline deadline,
                                   core::Clock& clock) {
  std::string text;
  char chunk[4096];
  for (;;) {
    if (auto ready = wait_readable(child.output.get(), deadline, clock); !ready) {
      return core::fail(std::move(ready.error()));
    }
    const ssize_t got = ::read(child.output.get(), chunk, sizeof chunk);
    if (got == 0) break;
    if (got < 0) {
      if (errno == EINTR) continue;
      return core::fail(core::system_error("read", errno));
    }
    text.append(chunk, static_cast<std::size_t>(got));
    if (text.size() > kMaxOutputBytes) {
      return core::fail(Code::protocol,
                        fmt::format("it printed more than {} bytes", kMaxOutputBytes));
    }
  }
  const core::Fd ended(static_cast<int>(syscall(SYS_pidfd_open, child.pid, 0)));
  if (!ended.valid()) return text;  // already reaped by somebody else
  if (auto ready = wait_readable(ended.get(), deadline, clock); !ready) {
    return core::fail(std::move(ready.error()));
  }
  return text;
}

}  // namespace

core::Result<Credentials> ProcessCredentials::get() {
  const std::string command(profile_.get("credential_process"));
  if (command.empty()) {
    return core::fail(Code::not_found,
                      fmt::format("profile '{}' has no credential_process", profile_.name));
  }
  const std::string source = fmt::format("credential_process of profile '{}'", profile_.name);
  auto child = start(command, env_);
  if (!child) return core::fail(std::move(child.error()).while_(source));
  auto text = read_all(*child, core::Deadline::after(clock_, timeout_), clock_);
  if (!text) child->kill_group();
  const bool ended_well = child->reap();
  if (!text) return core::fail(std::move(text.error()).while_(source));
  if (!ended_well) {
    return core::fail(Code::unauthenticated,
                      source +
                          ": it failed; run it by hand to see why (its messages are not shown "
                          "here, since they may hold secrets)");
  }
  const auto json = core::Json::parse(*text, 8);
  const core::Json* version = json ? json->find("Version") : nullptr;
  if (version == nullptr || version->integer() == nullptr || *version->integer() != 1) {
    return core::fail(Code::protocol, source + ": expected a JSON object with \"Version\": 1");
  }
  return parse_credentials_json(*text, source);
}

}  // namespace spawn::aws
