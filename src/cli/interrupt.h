// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
//
// Ctrl-C for commands that must not be cut in the middle: while it lives, SIGINT, SIGTERM and
// SIGHUP wait, and the command asks at the places where it can stop whether one came. Made before
// any thread is started, in one thread.
#pragma once

#include <signal.h>

namespace spawn::cli {

class Interrupt {
 public:
  Interrupt();
  // The mask is as it was; a signal that came and was not taken acts now.
  ~Interrupt();
  Interrupt(const Interrupt&) = delete;
  Interrupt& operator=(const Interrupt&) = delete;

  [[nodiscard]] bool requested() const;
  // Which signal came, 0 for none; it has come to pass then.
  int take();
  // Waits for one.
  int wait();

 private:
  sigset_t awaited_;
  sigset_t before_;
};

}  // namespace spawn::cli
