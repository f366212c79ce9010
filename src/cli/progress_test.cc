// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
#include "cli/progress.h"

#include <gtest/gtest.h>

#include <sstream>

namespace spawn::cli {
namespace {

TEST(Progress, replaces_its_line_on_a_terminal_and_leaves_nothing) {
  std::ostringstream err;
  {
    Progress progress({true, 10}, err);
    progress.say("1 of 3");
    progress.say("a line that is too long");
  }
  EXPECT_EQ(err.str(), "\r\x1b[K1 of 3\r\x1b[Ka line t…\r\x1b[K");
}

TEST(Progress, says_nothing_into_a_file) {
  std::ostringstream err;
  { Progress({false, 0}, err).say("1 of 3"); }
  EXPECT_EQ(err.str(), "");
}

}  // namespace
}  // namespace spawn::cli
