// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
//
// Runs a command as if we were not there: same stdin, stdout, stderr, process group and terminal,
// the signal mask and dispositions that we were started with. Signals sent to us are passed on;
// those the terminal sends to the whole group are not sent twice. A child that stops, stops us;
// SIGCONT wakes both.
#pragma once

#include <signal.h>
#include <sys/types.h>

#include <string>
#include <vector>

#include "core/result.h"

namespace spawn::agent {

// How a child ended: by exit(code) or by a signal.
struct ExitStatus {
  int code = 0;  // when signal == 0
  int signal = 0;
  // As a shell has it: the code, or 128 + signal.
  [[nodiscard]] int shell_code() const { return signal != 0 ? 128 + signal : code; }
};

// Commands are looked up as execvp does it: in the PATH of the environment given, and a script
// without
// "#!" is run by /bin/sh. Code::not_found (a shell's 127) and Code::permission_denied (126: it is
// there, but cannot be executed) name the command.

// Becomes the command. Returns only when that failed.
core::Error exec_in_place(const std::vector<std::string>& arguments,
                          const std::vector<std::string>& environment);

class ChildProcess {
 public:
  // Forks and executes. Must be called before any thread is started: from here on this process
  // leaves the handled signals blocked, so that threads started later inherit the mask and only
  // wait() takes them, and ignores SIGPIPE, so that a note nobody reads cannot end us before the
  // child. When it fails, mask and dispositions are as they were.
  static core::Result<ChildProcess> start(const std::vector<std::string>& arguments,
                                          const std::vector<std::string>& environment);

  // Until it ended. Passes signals on meanwhile.
  ExitStatus wait();
  [[nodiscard]] pid_t pid() const { return pid_; }

 private:
  ChildProcess(pid_t pid, const sigset_t& handled) : pid_(pid), handled_(handled) {}
  void stop_with_child() const;

  pid_t pid_;
  sigset_t handled_;
};

// Does the child have this signal already? The terminal sends to the whole foreground group (the
// kernel says so in si_code), and so may the child itself.
bool is_already_with_child(const siginfo_t& received, pid_t child);

// Ends this process the way the child ended: the same exit status, or killed by the same signal
// (without a core dump of ours). Runs no destructors and no atexit handlers; flush before.
[[noreturn]] void exit_like(const ExitStatus& status);

}  // namespace spawn::agent
