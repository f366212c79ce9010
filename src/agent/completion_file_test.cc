// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
#include "agent/completion_file.h"

#include <gtest/gtest.h>

#include "aws/test_support.h"

namespace spawn::agent {
namespace {

TEST(CompletionFile, an_empty_one_is_a_success) {
  const aws::TemporaryFolder folder;
  const auto completion = read_completion(folder.write("done", "\n"));
  ASSERT_TRUE(completion);
  EXPECT_TRUE(completion->success);
}

TEST(CompletionFile, says_status_and_message) {
  const aws::TemporaryFolder folder;
  const auto completion = read_completion(folder.write("done", completion_text("partial", "3/4")));
  ASSERT_TRUE(completion);
  EXPECT_FALSE(completion->success);
  EXPECT_EQ(completion->message, "3/4");
}

TEST(CompletionFile, what_it_says_wrongly_is_a_failure) {
  const aws::TemporaryFolder folder;
  const auto completion = read_completion(folder.write("done", "yes!\n"));
  ASSERT_TRUE(completion);
  EXPECT_FALSE(completion->success);
  EXPECT_FALSE(read_completion(folder.path() + "/absent"));
}

TEST(CompletionFile, has_another_stamp_when_it_is_another_file) {
  const aws::TemporaryFolder folder;
  EXPECT_EQ(stamp_of(folder.path() + "/done"), "");
  const std::string before = stamp_of(folder.write("done", ""));
  const std::string other = stamp_of(folder.write("other", ""));
  EXPECT_NE(before, other);
  EXPECT_EQ(before, stamp_of(folder.path() + "/done"));
}

}  // namespace
}  // namespace spawn::agent
