// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
#include "launch/members.h"

#include <gtest/gtest.h>

namespace spawn::launch {
namespace {

constexpr std::int64_t kNow = 1'000'000;

handoff::Row row(std::int64_t index, std::string_view status, std::int64_t registered_ago,
                 std::int64_t heartbeat_ago) {
  handoff::Row row;
  row.instance_id = "i-" + std::to_string(index);
  row.index = index;
  row.provider = "ec2";
  row.status = status;
  row.registered_at = kNow - registered_ago;
  row.last_heartbeat = kNow - heartbeat_ago;
  return row;
}

aws::ec2::Instance instance(int index, const std::string& state) {
  aws::ec2::Instance instance;
  instance.id = "i-" + std::to_string(index);
  instance.launch_index = index;
  instance.state = state;
  return instance;
}

std::vector<std::string> states(const std::vector<handoff::Row>& rows,
                                const std::vector<aws::ec2::Instance>& instances = {}) {
  std::vector<std::string> states;
  for (const Member& member : members_of(rows, instances, kNow)) states.push_back(member.state);
  return states;
}
using States = std::vector<std::string>;

TEST(MembersOf, calls_lost_whose_agent_fell_silent) {
  EXPECT_EQ(states({row(0, "running", 500, 89), row(1, "running", 500, 91),
                    row(2, "completed", 500, 400)}),
            (States{"running", "lost", "completed"}));
}

TEST(MembersOf, calls_a_straggler_what_runs_long_after_the_others) {
  // Three took 100 s each.
  const std::vector<handoff::Row> done = {
      row(0, "completed", 300, 200), row(1, "completed", 300, 200), row(2, "completed", 300, 200)};
  auto rows = done;
  rows.push_back(row(3, "running", 151, 1));
  EXPECT_EQ(states(rows).back(), "straggler");
  rows.back() = row(3, "running", 149, 1);
  EXPECT_EQ(states(rows).back(), "running");
}

TEST(MembersOf, calls_nobody_a_straggler_before_half_are_done) {
  EXPECT_EQ(
      states({row(0, "completed", 300, 299), row(1, "running", 300, 1), row(2, "running", 300, 1)}),
      (States{"completed", "running", "running"}));
}

TEST(MembersOf, shows_instances_whose_agent_has_not_registered) {
  EXPECT_EQ(states({row(1, "running", 10, 1)},
                   {instance(0, "running"), instance(1, "running"), instance(2, "pending")}),
            (States{"starting", "running", "pending"}));
}

TEST(MembersOf, believes_ec2_that_an_instance_is_gone) {
  EXPECT_EQ(states({row(0, "running", 10, 1), row(1, "completed", 10, 1)},
                   {instance(0, "terminated"), instance(1, "terminated")}),
            (States{"lost", "completed"}));
}

TEST(MembersOf, tells_the_trace_of_a_member_that_is_recorded) {
  handoff::Row traced = row(0, "running", 10, 1);
  traced.traceparent = "00-65f0a1b2c3d4e5f60718293a4b5c6d7e-00f067aa0ba902b7-01";
  EXPECT_EQ(members_of({traced}, {}, kNow)[0].trace_id, "65f0a1b2c3d4e5f60718293a4b5c6d7e");
  traced.traceparent.back() = '0';
  EXPECT_EQ(members_of({traced}, {}, kNow)[0].trace_id, "");
}

TEST(MembersOf, are_in_the_order_of_their_indices) {
  const auto members = members_of({row(10, "running", 1, 1), row(9, "running", 1, 1)}, {}, kNow);
  EXPECT_EQ(members[0].index, 9);
}

TEST(Summary, counts_each_state) {
  EXPECT_EQ(summary(members_of(
                {row(0, "completed", 9, 1), row(1, "failed", 9, 1), row(2, "completed", 9, 1)}, {},
                kNow)),
            "2 completed, 1 failed");
}

}  // namespace
}  // namespace spawn::launch
