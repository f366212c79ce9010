// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
//
// As long as it lives no file of this process can grow, as on a full disk.
#pragma once

#include <signal.h>
#include <sys/resource.h>

#include "core/result.h"

namespace spawn::testing {

class NoFileGrows {
 public:
  NoFileGrows() {
    SPAWN_CHECK(getrlimit(RLIMIT_FSIZE, &before_) == 0);
    struct rlimit none = before_;
    none.rlim_cur = 0;
    SPAWN_CHECK(setrlimit(RLIMIT_FSIZE, &none) == 0);
  }
  ~NoFileGrows() {
    SPAWN_CHECK(setrlimit(RLIMIT_FSIZE, &before_) == 0);
    (void)signal(SIGXFSZ, handler_);
  }
  NoFileGrows(const NoFileGrows&) = delete;
  NoFileGrows& operator=(const NoFileGrows&) = delete;

 private:
  struct rlimit before_ {};
  sighandler_t handler_ = signal(SIGXFSZ, SIG_IGN);
};

}  // namespace spawn::testing
