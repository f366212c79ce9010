// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
//
// Calls back in a forked child. pthread_atfork handlers take no argument and cannot be taken back,
// so this list is the one place that knows which engines are alive.
#pragma once

namespace spawn::telemetry {

class ForkListener {
 public:
  ForkListener();
  virtual ~ForkListener();
  ForkListener(const ForkListener&) = delete;
  ForkListener& operator=(const ForkListener&) = delete;

  // In the child, right after fork, with only the forking thread alive.
  virtual void after_fork_in_child() = 0;
};

}  // namespace spawn::telemetry
