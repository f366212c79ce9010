// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
#include "agent/job.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <utility>

#include "core/clock.h"
#include "core/text.h"
#include "intake/intake.h"

namespace spawn::agent {
namespace {

using core::Code;

// After the end, for what is still in the sockets.
constexpr core::Nanos kLastWords = std::chrono::milliseconds(250);

std::vector<char*> pointers(std::vector<std::string>& texts) {
  std::vector<char*> out;
  out.reserve(texts.size() + 1);
  for (std::string& text : texts) out.push_back(text.data());
  out.push_back(nullptr);
  return out;
}

// stdin from nowhere, output into the files, a process group of its own, every signal as by
// default.
class SpawnActions {
 public:
  explicit SpawnActions(const JobRequest& request) {
    constexpr int kAppend = O_WRONLY | O_CREAT | O_APPEND | O_NOFOLLOW;
    posix_spawn_file_actions_init(&files);
    posix_spawn_file_actions_addopen(&files, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
    posix_spawn_file_actions_addopen(&files, STDOUT_FILENO, request.stdout_path.c_str(), kAppend,
                                     0600);
    posix_spawn_file_actions_addopen(&files, STDERR_FILENO, request.stderr_path.c_str(), kAppend,
                                     0600);
    sigset_t none;
    sigset_t all;
    sigemptyset(&none);
    sigfillset(&all);
    posix_spawnattr_init(&attributes);
    posix_spawnattr_setsigmask(&attributes, &none);
    posix_spawnattr_setsigdefault(&attributes, &all);
    posix_spawnattr_setpgroup(&attributes, 0);
    posix_spawnattr_setflags(
        &attributes, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETPGROUP);
  }
  ~SpawnActions() {
    posix_spawnattr_destroy(&attributes);
    posix_spawn_file_actions_destroy(&files);
  }
  SpawnActions(const SpawnActions&) = delete;
  SpawnActions& operator=(const SpawnActions&) = delete;

  posix_spawn_file_actions_t files{};
  posix_spawnattr_t attributes{};
};

class Process final : public Job {
 public:
  Process(pid_t pid, std::unique_ptr<intake::Intake> intake,
          std::function<void(const std::string&)> note, core::Clock& clock)
      : pid_(pid), intake_(std::move(intake)), note_(std::move(note)), clock_(clock) {}
  ~Process() override { stop_listening(); }

  [[nodiscard]] pid_t pid() const override { return pid_; }

  std::optional<ExitStatus> poll() override {
    if (ended_) return ended_;
    int status = 0;
    if (waitpid(pid_, &status, WNOHANG) != pid_) return std::nullopt;
    ended_ =
        WIFSIGNALED(status) ? ExitStatus{0, WTERMSIG(status)} : ExitStatus{WEXITSTATUS(status), 0};
    stop_listening();
    return ended_;
  }

  void signal(int number) override {
    if (!ended_) (void)kill(-pid_, number);
  }

 private:
  void stop_listening() {
    if (!intake_) return;
    intake_->stop(core::Deadline::after(clock_, kLastWords));
    const std::string lost = intake::losses_line(intake_->stats());
    if (!lost.empty() && note_) note_(lost);
    intake_.reset();
  }

  pid_t pid_;
  std::unique_ptr<intake::Intake> intake_;
  std::function<void(const std::string&)> note_;
  core::Clock& clock_;
  std::optional<ExitStatus> ended_;
};

core::Error start_error(const JobRequest& request, int error_number) {
  const Code code = error_number == ENOENT   ? Code::not_found
                    : error_number == EACCES ? Code::permission_denied
                                             : Code::io;
  core::Error error =
      core::system_error(fmt::format("{} (output to {})", core::visible(request.arguments[0]),
                                     core::visible(request.stdout_path)),
                         error_number);
  error.code = code;
  return error;
}

}  // namespace

core::Result<std::unique_ptr<Job>> start_process(JobRequest request, core::Clock& clock) {
  std::unique_ptr<intake::Intake> intake;
  if (request.context.sampled() && request.tracer != nullptr) {
    if (auto bound = intake::Intake::bind(geteuid())) {
      intake = std::move(*bound);
      request.environment.set_all(intake->child_environment(
          [&](std::string_view name) { return request.environment.get(name); }));
    } else if (request.note) {
      request.note("its AWS calls and spans will not be seen: " + bound.error().message);
    }
  }
  std::vector<std::string> environment = request.environment.entries();
  const SpawnActions actions(request);
  pid_t pid = 0;
  const int failed =
      posix_spawnp(&pid, request.arguments[0].c_str(), &actions.files, &actions.attributes,
                   pointers(request.arguments).data(), pointers(environment).data());
  if (failed != 0) return core::fail(start_error(request, failed));
  if (intake) intake->start(*request.tracer, request.context);
  return std::make_unique<Process>(pid, std::move(intake), std::move(request.note), clock);
}

}  // namespace spawn::agent
