// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
//
// Runs a command as if we were not there: same stdin, stdout, stderr, process group and terminal, the
// signal mask and dispositions that we were started with. Signals sent to us are passed on; those the
// terminal sends to the whole group are not sent twice. A child that stops, stops us; SIGCONT wakes
// both.
#pragma once

#include <sys/types.h>

#include <string>
#include <vector>

#include "core/result.h"

namespace spawn::agent {

// How a child ended: by exit(status) or by a signal.
struct ExitStatus {
  int code = 0;    // when signal == 0
  int signal = 0;
  bool core_dumped = false;
  // As a shell has it: the code, or 128 + signal.
  [[nodiscard]] int shell_code() const { return signal != 0 ? 128 + signal : code; }
};

class ChildProcess {
 public:
  // Forks and executes. `arguments[0]` is looked up in the child's PATH. Must be called before any thread
  // is started, and blocks in this thread the signals that wait() handles, so that threads started later
  // inherit the mask. Code::not_found (exit 127) and Code::permission_denied (exit 126: found, but
  // cannot be executed) name the command.
  static core::Result<ChildProcess> start(const std::vector<std::string>& arguments,
                                          const std::vector<std::string>& environment);

  // Until it ended. Passes signals on meanwhile.
  ExitStatus wait();
  [[nodiscard]] pid_t pid() const { return pid_; }

 private:
  explicit ChildProcess(pid_t pid) : pid_(pid) {}
  pid_t pid_;
};

// Ends this process the way the child ended: the same exit status, or killed by the same signal (without
// a core dump of ours). Runs no destructors and no atexit handlers; flush before.
[[noreturn]] void exit_like(const ExitStatus& status);

}  // namespace spawn::agent
