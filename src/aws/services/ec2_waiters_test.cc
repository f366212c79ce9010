// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
#include "aws/services/ec2_waiters.h"

#include <gtest/gtest.h>

#include "aws/test_support.h"

namespace spawn::aws::ec2 {
namespace {

using namespace std::chrono_literals;

class Ec2WaitersTest : public ::testing::Test {
 protected:
  void see(std::initializer_list<const char*> states) {
    std::string body = "<DescribeInstancesResponse><reservationSet><item><instancesSet>";
    int number = 0;
    for (const char* state : states) {
      body += "<item><instanceId>i-" + std::to_string(++number) +
              "</instanceId><instanceState><name>" + state +
              "</name></instanceState><stateReason><message>why</message></stateReason></item>";
    }
    caller_.answers.emplace_back(
        good_reply(body + "</instancesSet></item></reservationSet></DescribeInstancesResponse>"));
  }
  void fail(core::Code code) {
    Failure failure;
    failure.error = {code, "EC2 DescribeInstances: InvalidInstanceID.NotFound"};
    caller_.answers.emplace_back(tl::unexpected(failure));
  }
  template <typename Wait>
  core::Status wait(Wait until) {
    return until(caller_, tracing_.tracer, endpoint_, ids_, core::Deadline::never());
  }

  TestTracing tracing_;
  ScriptedCaller caller_;
  Endpoint endpoint_{*core::Url::parse("http://127.0.0.1:5000"), "eu-west-1"};
  std::vector<std::string> ids_ = {"i-1", "i-2"};
};

TEST_F(Ec2WaitersTest, wait_until_all_are_there_15_seconds_at_a_time) {
  fail(core::Code::not_found);
  see({"pending", "pending"});
  see({"running", "pending"});
  see({"running", "running"});
  const auto status = wait(wait_until_running);
  ASSERT_TRUE(status) << status.error().message;
  EXPECT_EQ(tracing_.clock.slept(), 45s);
  EXPECT_EQ(caller_.calls.at(0).body,
            "Action=DescribeInstances&Version=2016-11-15&InstanceId.1=i-1&InstanceId.2=i-2");
  EXPECT_EQ(tracing_.log.only("wait EC2.InstanceRunning").text("spawn.aws.polls"), "4");
}

TEST_F(Ec2WaitersTest, give_up_when_one_went_another_way) {
  see({"running", "terminated"});
  const auto status = wait(wait_until_running);
  ASSERT_FALSE(status);
  EXPECT_EQ(status.error().code, core::Code::unavailable);
  EXPECT_EQ(status.error().message, "EC2.InstanceRunning: i-2 is terminated (why)");
  EXPECT_EQ(tracing_.clock.slept(), 0s);

  see({"pending", "stopping"});
  EXPECT_FALSE(wait(wait_until_stopped));
  see({"shutting-down", "stopping"});
  EXPECT_FALSE(wait(wait_until_terminated));
}

TEST_F(Ec2WaitersTest, wait_for_the_end_as_well) {
  see({"stopping", "stopped"});
  see({"stopped", "stopped"});
  EXPECT_TRUE(wait(wait_until_stopped));
  see({"shutting-down", "terminated"});
  see({"terminated", "terminated"});
  EXPECT_TRUE(wait(wait_until_terminated));
  EXPECT_EQ(tracing_.clock.slept(), 30s);
}

TEST_F(Ec2WaitersTest, do_not_wait_for_the_end_of_what_nobody_knows) {
  fail(core::Code::not_found);
  const auto status = wait(wait_until_terminated);
  ASSERT_FALSE(status);
  EXPECT_EQ(status.error().code, core::Code::not_found);
}

TEST_F(Ec2WaitersTest, give_up_after_ten_minutes) {
  for (int i = 0; i < 41; ++i) see({"pending", "running"});
  const auto status = wait(wait_until_running);
  ASSERT_FALSE(status);
  EXPECT_EQ(status.error().message, "EC2.InstanceRunning: not after 40 polls; i-1 is pending");
  EXPECT_EQ(caller_.calls.size(), 40U);
}

}  // namespace
}  // namespace spawn::aws::ec2
