// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
#include "cli/interrupt.h"

#include <gtest/gtest.h>

namespace spawn::cli {
namespace {

TEST(Interrupt, keeps_a_signal_until_the_command_asks) {
  Interrupt interrupt;
  EXPECT_FALSE(interrupt.requested());
  EXPECT_EQ(interrupt.take(), 0);
  raise(SIGINT);  // would end this program
  EXPECT_TRUE(interrupt.requested());
  EXPECT_EQ(interrupt.take(), SIGINT);
  EXPECT_FALSE(interrupt.requested());
}

TEST(Interrupt, leaves_the_mask_as_it_was) {
  sigset_t before;
  pthread_sigmask(SIG_SETMASK, nullptr, &before);
  {
    const Interrupt interrupt;
    sigset_t during;
    pthread_sigmask(SIG_SETMASK, nullptr, &during);
    EXPECT_EQ(sigismember(&during, SIGTERM), 1);
  }
  sigset_t after;
  pthread_sigmask(SIG_SETMASK, nullptr, &after);
  EXPECT_EQ(sigismember(&after, SIGTERM), sigismember(&before, SIGTERM));
}

}  // namespace
}  // namespace spawn::cli
