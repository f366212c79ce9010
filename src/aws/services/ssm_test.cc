// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
#include "aws/services/ssm.h"

#include <gtest/gtest.h>

#include "aws/test_support.h"

namespace spawn::aws::ssm {
namespace {

const Endpoint kEndpoint{*core::Url::parse("http://127.0.0.1:5000"), "eu-west-1"};

TEST(Ssm, reads_a_parameter) {
  ScriptedCaller caller;
  caller.answers.emplace_back(
      good_reply(R"({"Parameter":{"Name":"/a","Value":"ami-1","Version":3}})"));
  const auto parameter = get_parameter(caller, kEndpoint, "/a", core::Deadline::never());
  ASSERT_TRUE(parameter) << parameter.error().message;
  EXPECT_EQ(caller.calls.at(0).body, R"({"Name":"/a"})");
  EXPECT_EQ(http::header(caller.calls.at(0).headers, "X-Amz-Target"), "AmazonSSM.GetParameter");
  EXPECT_EQ(parameter->value, "ami-1");
  EXPECT_EQ(parameter->version, 3);
}

TEST(Ssm, makes_no_parameter_of_garbage) {
  for (const char* garbage : {"{}", R"({"Parameter":{}})", R"({"Parameter":[]})", "<html>"}) {
    ScriptedCaller caller;
    caller.answers.emplace_back(good_reply(garbage));
    const auto parameter = get_parameter(caller, kEndpoint, "/a", core::Deadline::never());
    ASSERT_FALSE(parameter) << garbage;
    EXPECT_EQ(parameter.error().code, core::Code::protocol);
  }
}

}  // namespace
}  // namespace spawn::aws::ssm
