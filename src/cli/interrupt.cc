// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
#include "cli/interrupt.h"

#include <ctime>
#include <initializer_list>

namespace spawn::cli {

Interrupt::Interrupt() {
  sigemptyset(&awaited_);
  for (const int number : {SIGINT, SIGTERM, SIGHUP}) {
    struct sigaction now {};
    // What is ignored (nohup, a shell's background) stays so.
    if (sigaction(number, nullptr, &now) == 0 && now.sa_handler != SIG_IGN) {
      sigaddset(&awaited_, number);
    }
  }
  pthread_sigmask(SIG_BLOCK, &awaited_, &before_);
}

Interrupt::~Interrupt() { pthread_sigmask(SIG_SETMASK, &before_, nullptr); }

bool Interrupt::requested() const {
  sigset_t pending;
  sigpending(&pending);
  for (const int number : {SIGINT, SIGTERM, SIGHUP}) {
    if (sigismember(&awaited_, number) == 1 && sigismember(&pending, number) == 1) return true;
  }
  return false;
}

int Interrupt::take() {
  const timespec at_once{};
  const int number = sigtimedwait(&awaited_, nullptr, &at_once);
  return number > 0 ? number : 0;
}

int Interrupt::wait() {
  int number = 0;
  while (sigwait(&awaited_, &number) != 0) {
  }
  return number;
}

}  // namespace spawn::cli
