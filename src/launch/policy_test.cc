// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
#include "launch/policy.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/json.h"

namespace spawn::launch {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

TEST(IamPolicy, is_json_of_the_shape_that_iam_takes) {
  for (const PolicyFor who : {PolicyFor::person, PolicyFor::instance}) {
    const auto json =
        core::Json::parse(iam_policy({who, "123456789012", "eu-west-1", true, "worker", true}));
    ASSERT_TRUE(json) << json.error().message;
    EXPECT_EQ(json->text_at("Version"), "2012-10-17");
    const core::Json* statements = json->find("Statement");
    ASSERT_NE(statements, nullptr);
    for (const core::Json& statement : *statements->array()) {
      EXPECT_EQ(statement.text_at("Effect"), "Allow");
      EXPECT_FALSE(statement.find("Action")->array()->empty());
      EXPECT_FALSE(statement.find("Resource")->array()->empty());
    }
  }
}

TEST(IamPolicy, allows_only_what_is_switched_on) {
  const std::string least = iam_policy({});
  for (const char* action : {"xray:", "iam:PassRole", "sqs:"}) {
    EXPECT_THAT(least, Not(HasSubstr(action)));
  }
  const std::string all = iam_policy({PolicyFor::person, "*", "*", true, "worker", true});
  EXPECT_THAT(all, HasSubstr("xray:PutTraceSegments"));
  EXPECT_THAT(all, HasSubstr("arn:aws:iam::*:role/worker"));
  EXPECT_THAT(all, HasSubstr("sqs:SendMessage"));
}

TEST(IamPolicy, allows_to_ask_for_sampling_rules_where_they_decide) {
  PolicyRequest request{PolicyFor::instance, "*", "*", true, "", false};
  EXPECT_THAT(iam_policy(request), Not(HasSubstr("GetSampling")));
  request.remote_sampling = true;
  EXPECT_THAT(iam_policy(request), HasSubstr("xray:GetSamplingRules"));
  EXPECT_THAT(iam_policy(request), HasSubstr("xray:GetSamplingTargets"));
}

TEST(IamPolicy, lets_an_instance_launch_nothing_and_touch_only_ours) {
  const std::string text = iam_policy({PolicyFor::instance, "*", "*", true, "", true});
  EXPECT_THAT(text, Not(HasSubstr("ec2:RunInstances")));
  EXPECT_THAT(text, Not(HasSubstr("s3:PutObject")));
  EXPECT_THAT(text, HasSubstr("\"aws:ResourceTag/spawn:managed\": \"true\""));
}

TEST(IamPolicy, names_account_and_region_where_they_are_known) {
  EXPECT_THAT(iam_policy({PolicyFor::person, "123456789012", "eu-west-1", false, "", false}),
              HasSubstr("arn:aws:dynamodb:eu-west-1:123456789012:table/spawn-hybrid-registry"));
}

}  // namespace
}  // namespace spawn::launch
