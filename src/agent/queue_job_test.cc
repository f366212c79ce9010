// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
#include "agent/queue_job.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace spawn::agent {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

TEST(QueueJob, a_plain_text_is_a_command) {
  const auto job = parse_queue_job("  wc -w *.txt \n");
  ASSERT_TRUE(job);
  EXPECT_EQ(job->command, "wc -w *.txt");
}

TEST(QueueJob, an_object_says_more) {
  const auto job = parse_queue_job(R"({"id":"a1","command":"wc","environment":{"FILE":"x"},
      "timeout":"30m","result_files":["out.txt"],
      "traceparent":"00-65f0000011112222333344445555aaaa-00f067aa0ba902b7-01"})");
  ASSERT_TRUE(job) << job.error().message;
  EXPECT_EQ(job->id, "a1");
  EXPECT_THAT(job->environment, ElementsAre(std::pair("FILE", "x")));
  EXPECT_EQ(job->timeout, std::chrono::minutes(30));
  EXPECT_THAT(job->result_files, ElementsAre("out.txt"));
  ASSERT_TRUE(job->sender);
  EXPECT_EQ(job->sender->span.trace_id.hex(), "65f0000011112222333344445555aaaa");
}

TEST(QueueJob, what_is_wrong_with_it_is_named) {
  const auto problem = [](const char* text) {
    const auto job = parse_queue_job(text);
    return job ? "" : job.error().message;
  };
  EXPECT_THAT(problem(""), HasSubstr("command"));
  EXPECT_THAT(problem("{}"), HasSubstr("command"));
  EXPECT_THAT(problem("{\"command\":"), ::testing::Not(::testing::IsEmpty()));
  EXPECT_THAT(problem(R"({"comand":"x"})"), HasSubstr("did you mean 'command'?"));
  EXPECT_THAT(problem(R"({"command":7})"), HasSubstr("command: expected a text"));
  EXPECT_THAT(problem(R"({"command":"x","timeout":"soon"})"), HasSubstr("timeout"));
  EXPECT_THAT(problem(R"({"command":"x","environment":["A"]})"), HasSubstr("environment"));
  EXPECT_THAT(problem(R"({"command":"x","environment":{"A=B":"c"}})"), HasSubstr("A=B"));
  EXPECT_THAT(problem(R"({"command":"x","result_files":[1]})"), HasSubstr("result_files"));
}

TEST(QueueJob, an_id_is_safe_as_a_file_name) {
  EXPECT_EQ(file_safe("a-1_b.c"), "a-1_b.c");
  EXPECT_EQ(file_safe("../etc/passwd"), "_.._etc_passwd");
  EXPECT_EQ(file_safe(""), "_");
}

}  // namespace
}  // namespace spawn::agent
