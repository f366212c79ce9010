// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
//
// What every registry must do, whatever it keeps its rows in: the tests of its implementations run
// all of these.
#pragma once

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>

#include "handoff/registry.h"

namespace spawn::handoff {

inline Row launch_row_of(const char* id) {
  Row row;
  row.job_array_id = id;
  row.instance_id = kLaunchRow;
  row.provider = "ec2";
  row.region = "eu-west-1";
  row.registered_at = 1'800'000'000;
  row.expires_at = 1'800'003'600;
  row.traceparent = "00-65f0000011112222333344445555aaaa-00f067aa0ba902b7-01";
  row.tracestate = "ot=th:8";
  return row;
}

inline Row member_row_of(const char* id, const char* instance, std::optional<std::int64_t> index) {
  Row row = launch_row_of(id);
  row.instance_id = instance;
  row.index = index;
  row.ip_address = "203.0.113.7";
  row.private_ip = "10.0.0.7";
  row.last_heartbeat = row.registered_at;
  row.status = status::kRunning;
  return row;
}

inline LaunchId launch_id_of(const char* id) { return *LaunchId::parse(id); }

// `Made` makes an empty one: `Registry& registry()`.
template <typename Made>
class RegistryTest : public ::testing::Test {
 protected:
  Made made_;
  Registry& registry_ = made_.registry();
  core::Deadline in_time_ = core::Deadline::never();
};
TYPED_TEST_SUITE_P(RegistryTest);

TYPED_TEST_P(RegistryTest, a_launch_is_read_as_it_was_published) {
  ASSERT_TRUE(this->registry_.publish_launch(launch_row_of("words"), this->in_time_));
  const auto row = this->registry_.read_launch(launch_id_of("words"), this->in_time_);
  ASSERT_TRUE(row) << row.error().message;
  EXPECT_EQ(*row, launch_row_of("words"));
}

TYPED_TEST_P(RegistryTest, a_launch_is_published_once) {
  ASSERT_TRUE(this->registry_.publish_launch(launch_row_of("words"), this->in_time_));
  const auto again = this->registry_.publish_launch(launch_row_of("words"), this->in_time_);
  ASSERT_FALSE(again);
  EXPECT_EQ(again.error().code, core::Code::invalid_argument);
  EXPECT_THAT(again.error().message, ::testing::HasSubstr("words"));
}

TYPED_TEST_P(RegistryTest, a_launch_that_is_not_there_is_not_found) {
  ASSERT_TRUE(this->registry_.publish_launch(launch_row_of("words"), this->in_time_));
  const auto row = this->registry_.read_launch(launch_id_of("others"), this->in_time_);
  ASSERT_FALSE(row);
  EXPECT_EQ(row.error().code, core::Code::not_found) << row.error().message;
}

TYPED_TEST_P(RegistryTest, members_are_of_their_launch_and_in_the_order_of_their_index) {
  ASSERT_TRUE(this->registry_.publish_launch(launch_row_of("words"), this->in_time_));
  for (const auto& [instance, index] : {std::pair{"i-c", 10}, {"i-a", 2}, {"i-b", 2}}) {
    ASSERT_TRUE(
        this->registry_.register_member(member_row_of("words", instance, index), this->in_time_));
  }
  ASSERT_TRUE(this->registry_.register_member(member_row_of("others", "i-z", 0), this->in_time_));
  const auto members = this->registry_.members(launch_id_of("words"), this->in_time_);
  ASSERT_TRUE(members) << members.error().message;
  EXPECT_THAT(*members, ::testing::ElementsAre(member_row_of("words", "i-a", 2),
                                               member_row_of("words", "i-b", 2),
                                               member_row_of("words", "i-c", 10)));
}

TYPED_TEST_P(RegistryTest, an_agent_that_is_started_again_takes_its_row_over) {
  Row row = member_row_of("words", "i-a", std::nullopt);
  ASSERT_TRUE(this->registry_.register_member(row, this->in_time_));
  row.registered_at += 100;
  row.ip_address = "";
  ASSERT_TRUE(this->registry_.register_member(row, this->in_time_));
  EXPECT_THAT(*this->registry_.members(launch_id_of("words"), this->in_time_),
              ::testing::ElementsAre(row));
}

TYPED_TEST_P(RegistryTest, a_heartbeat_moves_the_end_and_nothing_else) {
  Row row = member_row_of("words", "i-a", 0);
  ASSERT_TRUE(this->registry_.register_member(row, this->in_time_));
  ASSERT_TRUE(this->registry_.heartbeat(launch_id_of("words"), "i-a",
                                        {1'800'000'030, 1'800'003'630}, this->in_time_));
  row.last_heartbeat = 1'800'000'030;
  row.expires_at = 1'800'003'630;
  EXPECT_THAT(*this->registry_.members(launch_id_of("words"), this->in_time_),
              ::testing::ElementsAre(row));
}

TYPED_TEST_P(RegistryTest, an_ending_says_how) {
  Row row = member_row_of("words", "i-a", 0);
  ASSERT_TRUE(this->registry_.register_member(row, this->in_time_));
  ASSERT_TRUE(this->registry_.finish(launch_id_of("words"), "i-a",
                                     {status::kFailed, 3, {1'800'000'040, 1'800'003'640}},
                                     this->in_time_));
  row.status = status::kFailed;
  row.exit_code = 3;
  row.last_heartbeat = 1'800'000'040;
  row.expires_at = 1'800'003'640;
  EXPECT_THAT(*this->registry_.members(launch_id_of("words"), this->in_time_),
              ::testing::ElementsAre(row));
}

TYPED_TEST_P(RegistryTest, a_row_that_is_gone_is_not_made_anew_by_its_heartbeat) {
  ASSERT_TRUE(this->registry_.publish_launch(launch_row_of("words"), this->in_time_));
  const auto beat = this->registry_.heartbeat(launch_id_of("words"), "i-a", {1, 2}, this->in_time_);
  ASSERT_FALSE(beat);
  EXPECT_EQ(beat.error().code, core::Code::not_found);
  const auto end = this->registry_.finish(launch_id_of("words"), "i-a",
                                          {status::kStopped, {}, {1, 2}}, this->in_time_);
  ASSERT_FALSE(end);
  EXPECT_EQ(end.error().code, core::Code::not_found);
  EXPECT_THAT(*this->registry_.members(launch_id_of("words"), this->in_time_),
              ::testing::IsEmpty());
}

REGISTER_TYPED_TEST_SUITE_P(RegistryTest, a_launch_is_read_as_it_was_published,
                            a_launch_is_published_once, a_launch_that_is_not_there_is_not_found,
                            members_are_of_their_launch_and_in_the_order_of_their_index,
                            an_agent_that_is_started_again_takes_its_row_over,
                            a_heartbeat_moves_the_end_and_nothing_else, an_ending_says_how,
                            a_row_that_is_gone_is_not_made_anew_by_its_heartbeat);

}  // namespace spawn::handoff
