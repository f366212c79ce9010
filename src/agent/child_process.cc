// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
#include "agent/child_process.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <system_error>

#include "core/file.h"
#include "core/text.h"

namespace spawn::agent {
namespace {

using core::Code;

// What a person, a terminal or a supervisor sends to a command.
constexpr int kPassedOn[] = {SIGINT,  SIGQUIT, SIGTERM, SIGHUP,  SIGUSR1, SIGUSR2,
                             SIGCONT, SIGTSTP, SIGTTIN, SIGTTOU, SIGWINCH};

bool is_ignored(int signal_number) {
  struct sigaction now {};
  return sigaction(signal_number, nullptr, &now) == 0 && now.sa_handler == SIG_IGN;
}

void set_disposition(int signal_number, void (*handler)(int)) {
  struct sigaction action {};
  action.sa_handler = handler;
  (void)sigaction(signal_number, &action, nullptr);
}

// Those we ignore too (nohup, a background job): blocked, they still come, and the child may have
// taken them up again. For the child they stay as they were.
sigset_t signals_to_handle() {
  sigset_t set;
  sigemptyset(&set);
  sigaddset(&set, SIGCHLD);
  for (const int signal_number : kPassedOn) {
    sigaddset(&set, signal_number);
  }
  return set;
}

// The mask and the two dispositions that start() changes; undo() is safe after fork.
class SignalState {
 public:
  explicit SignalState(const sigset_t& handled) : child_ignored_(is_ignored(SIGCHLD)) {
    // Ignored, it would take the child's exit status with it.
    set_disposition(SIGCHLD, SIG_DFL);
    pthread_sigmask(SIG_BLOCK, &handled, &mask_);
  }
  void undo() const {
    if (child_ignored_) set_disposition(SIGCHLD, SIG_IGN);
    pthread_sigmask(SIG_SETMASK, &mask_, nullptr);
  }

 private:
  bool child_ignored_;
  sigset_t mask_;
};

std::vector<char*> pointers(const std::vector<std::string>& texts) {
  std::vector<char*> out;
  out.reserve(texts.size() + 1);
  // execve's array is of char* for the sake of old C; it writes nothing.
  for (const std::string& text : texts) out.push_back(const_cast<char*>(text.c_str()));  // NOLINT
  out.push_back(nullptr);
  return out;
}

// execvp reads PATH from `environ`, so this has to be the child's already.
int exec(char* const* arguments, char** environment) {
  environ = environment;
  (void)execvp(arguments[0], arguments);
  return errno;
}

bool is_there(const std::string& path) { return access(path.c_str(), F_OK) == 0; }

bool is_in_path(const std::string& command, const std::vector<std::string>& environment) {
  if (command.find('/') != std::string::npos) return is_there(command);
  for (const std::string& entry : environment) {
    if (!entry.starts_with("PATH=")) continue;
    for (const std::string_view folder : core::split(std::string_view(entry).substr(5), ':')) {
      if (is_there(fmt::format("{}/{}", folder.empty() ? "." : folder, command))) return true;
    }
    return false;
  }
  return false;
}

core::Error exec_error(const std::string& command, int error_number,
                       const std::vector<std::string>& environment) {
  const std::string shown = core::visible(command);
  const bool missing = error_number == ENOENT || error_number == ENOTDIR;
  if (missing && !command.empty() && is_in_path(command, environment)) {
    return {Code::permission_denied,
            fmt::format("{}: cannot be executed: the interpreter it names is missing", shown)};
  }
  if (missing) return {Code::not_found, fmt::format("{}: command not found", shown)};
  return {Code::permission_denied, fmt::format("{}: cannot be executed: {}", shown,
                                               std::generic_category().message(error_number))};
}

// Close-on-exec, so that a successful exec closes it and an unsuccessful one can say why.
bool open_pipe(core::Fd& read_end, core::Fd& write_end) {
  int ends[2];
  if (pipe2(ends, O_CLOEXEC) != 0) return false;
  read_end = core::Fd(ends[0]);
  write_end = core::Fd(ends[1]);
  return true;
}

// Is there a shell that waits to get its terminal back?
bool in_foreground() {
  const core::Fd terminal(open("/dev/tty", O_RDONLY | O_NOCTTY | O_CLOEXEC));
  return terminal.valid() && tcgetpgrp(terminal.get()) == getpgrp();
}

// SIGSTOP without a terminal is somebody's way to throttle the child by its pid (cpulimit); its
// SIGCONT would not reach us.
bool stops_us(int signal_number) { return signal_number != SIGSTOP || in_foreground(); }

// 0: nothing came, the exec was good.
int read_error(int fd) {
  int error_number = 0;
  ssize_t got;
  do {
    got = read(fd, &error_number, sizeof error_number);
  } while (got < 0 && errno == EINTR);
  return got == sizeof error_number ? error_number : 0;
}

}  // namespace

core::Error exec_in_place(const std::vector<std::string>& arguments,
                          const std::vector<std::string>& environment) {
  std::vector<char*> environment_pointers = pointers(environment);
  char** ours = environ;
  const int error_number = exec(pointers(arguments).data(), environment_pointers.data());
  environ = ours;
  return exec_error(arguments[0], error_number, environment);
}

core::Result<ChildProcess> ChildProcess::start(const std::vector<std::string>& arguments,
                                               const std::vector<std::string>& environment) {
  const std::vector<char*> argument_pointers = pointers(arguments);
  std::vector<char*> environment_pointers = pointers(environment);
  core::Fd read_end;
  core::Fd write_end;
  if (!open_pipe(read_end, write_end)) return core::fail(core::system_error("pipe", errno));

  const sigset_t handled = signals_to_handle();
  const SignalState before(handled);
  const pid_t pid = fork();
  if (pid < 0) {
    const int error_number = errno;
    before.undo();
    return core::fail(core::system_error("fork", error_number));
  }
  if (pid == 0) {
    before.undo();
    const int error_number = exec(argument_pointers.data(), environment_pointers.data());
    (void)!write(write_end.get(), &error_number, sizeof error_number);
    _exit(127);
  }
  write_end.reset();
  if (const int error_number = read_error(read_end.get()); error_number != 0) {
    while (waitpid(pid, nullptr, 0) < 0 && errno == EINTR) {
    }
    before.undo();
    return core::fail(exec_error(arguments[0], error_number, environment));
  }
  set_disposition(SIGPIPE, SIG_IGN);
  return ChildProcess(pid, handled);
}

ExitStatus ChildProcess::wait() {
  for (;;) {
    int status = 0;
    while (waitpid(pid_, &status, WNOHANG | WUNTRACED) == pid_) {
      if (WIFEXITED(status)) return {WEXITSTATUS(status), 0};
      if (WIFSIGNALED(status)) return {0, WTERMSIG(status)};
      if (WIFSTOPPED(status) && stops_us(WSTOPSIG(status))) stop_with_child();
    }
    siginfo_t received{};
    if (sigwaitinfo(&handled_, &received) <= 0 || received.si_signo == SIGCHLD) continue;
    if (!is_already_with_child(received, pid_)) (void)kill(pid_, received.si_signo);
  }
}

// Whoever watches us (a shell with job control) sees what it would see of the child.
void ChildProcess::stop_with_child() const {
  (void)raise(SIGSTOP);
  (void)kill(pid_, SIGCONT);
}

bool is_already_with_child(const siginfo_t& received, pid_t child) {
  if (received.si_code == SI_KERNEL) return true;
  return received.si_code == SI_USER && received.si_pid == child;
}

void exit_like(const ExitStatus& status) {
  if (status.signal != 0) {
    const rlimit no_core{0, 0};
    (void)setrlimit(RLIMIT_CORE, &no_core);
    set_disposition(status.signal, SIG_DFL);
    sigset_t only;
    sigemptyset(&only);
    sigaddset(&only, status.signal);
    pthread_sigmask(SIG_UNBLOCK, &only, nullptr);
    (void)raise(status.signal);
  }
  _exit(status.shell_code());
}

}  // namespace spawn::agent
