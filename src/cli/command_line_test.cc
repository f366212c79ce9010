// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
#include "cli/command_line.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <sstream>

namespace spawn::cli {
namespace {

using ::testing::ElementsAre;

TEST(SplitAtDashes, leaves_everything_after_the_first_dashes_to_the_command) {
  const Arguments split = split_at_dashes({"run", "--show", "--", "ls", "--", "-l"});
  EXPECT_THAT(split.own, ElementsAre("run", "--show"));
  ASSERT_TRUE(split.command);
  EXPECT_THAT(*split.command, ElementsAre("ls", "--", "-l"));
}

TEST(SplitAtDashes, tells_no_command_from_an_empty_one) {
  EXPECT_FALSE(split_at_dashes({"run"}).command);
  ASSERT_TRUE(split_at_dashes({"run", "--"}).command);
  EXPECT_TRUE(split_at_dashes({"run", "--"}).command->empty());
}

TEST(UsageError, is_one_line_whatever_was_typed) {
  std::ostringstream err;
  EXPECT_EQ(usage_error(err, "spawn", "unknown command 'a\nb\x1b[31m'"), 2);
  EXPECT_EQ(err.str(), "spawn: unknown command 'a\\x0ab\\x1b[31m' (try 'spawn --help')\n");
}

TEST(FinishOutput, says_when_the_output_could_not_be_written) {
  std::ofstream full("/dev/full");
  full << "text";
  std::ostringstream err;
  EXPECT_EQ(finish_output(full, err, "spawn"), 1);
  EXPECT_EQ(err.str(), "spawn: cannot write to standard output\n");
}

}  // namespace
}  // namespace spawn::cli
