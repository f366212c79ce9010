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

PolicyRequest request_of(PolicyFor who) {
  PolicyRequest request;
  request.who = who;
  request.account = "123456789012";
  request.region = "eu-west-1";
  request.xray = true;
  return request;
}
PolicyRequest all_for(PolicyFor who) {
  PolicyRequest request = request_of(who);
  request.iam_role = "worker";
  request.queue = "work";
  request.jobs = "lists/jobs.txt";
  request.results = "results/nightly/";
  request.function = "done";
  return request;
}

TEST(IamPolicy, is_json_of_the_shape_that_iam_takes) {
  for (const PolicyFor who : {PolicyFor::person, PolicyFor::instance}) {
    const auto json = core::Json::parse(iam_policy(all_for(who)));
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
  for (const char* action : {"xray:", "iam:PassRole", "sqs:", "lambda:"}) {
    EXPECT_THAT(least, Not(HasSubstr(action)));
  }
  const std::string all = iam_policy(all_for(PolicyFor::person));
  EXPECT_THAT(all, HasSubstr("xray:PutTraceSegments"));
  EXPECT_THAT(all, HasSubstr("arn:aws:iam::123456789012:role/worker"));
  EXPECT_THAT(all, HasSubstr("sqs:SendMessage"));
  EXPECT_THAT(all, HasSubstr("arn:aws:sqs:eu-west-1:123456789012:work"));
}

TEST(IamPolicy, lets_an_instance_put_results_and_a_person_collect_them) {
  const std::string instance = iam_policy(all_for(PolicyFor::instance));
  EXPECT_THAT(instance, HasSubstr("s3:PutObject"));
  EXPECT_THAT(instance, HasSubstr("arn:aws:s3:::results/nightly/*"));
  EXPECT_THAT(instance, HasSubstr("\"arn:aws:s3:::lists/jobs.txt\""));
  EXPECT_THAT(instance, HasSubstr("sqs:GetQueueAttributes"));
  EXPECT_THAT(instance, HasSubstr("arn:aws:lambda:eu-west-1:123456789012:function:done"));
  const std::string person = iam_policy(all_for(PolicyFor::person));
  EXPECT_THAT(person, HasSubstr("\"arn:aws:s3:::results\""));
  EXPECT_THAT(person, HasSubstr("arn:aws:s3:::results/nightly/*"));
  EXPECT_THAT(person, Not(HasSubstr("lambda:")));
}

TEST(IamPolicy, allows_to_ask_for_sampling_rules_where_they_decide) {
  PolicyRequest request = all_for(PolicyFor::instance);
  EXPECT_THAT(iam_policy(request), Not(HasSubstr("GetSampling")));
  request.remote_sampling = true;
  EXPECT_THAT(iam_policy(request), HasSubstr("xray:GetSamplingRules"));
  EXPECT_THAT(iam_policy(request), HasSubstr("xray:GetSamplingTargets"));
}

TEST(IamPolicy, lets_an_instance_launch_nothing_and_touch_only_ours) {
  const std::string text = iam_policy(request_of(PolicyFor::instance));
  EXPECT_THAT(text, Not(HasSubstr("ec2:RunInstances")));
  EXPECT_THAT(text, Not(HasSubstr("s3:PutObject")));
  EXPECT_THAT(text, Not(HasSubstr("dynamodb:CreateTable")));
  EXPECT_THAT(text, HasSubstr("\"aws:ResourceTag/spawn:managed\": \"true\""));
}

// Who may tag any instance as spawn's may terminate any.
TEST(IamPolicy, lets_nobody_make_an_instance_ours_by_a_tag) {
  for (const PolicyFor who : {PolicyFor::person, PolicyFor::instance}) {
    const auto json = core::Json::parse(iam_policy(all_for(who)));
    for (const core::Json& statement : *json->find("Statement")->array()) {
      for (const core::Json& action : *statement.find("Action")->array()) {
        if (*action.string() != "ec2:CreateTags") continue;
        EXPECT_NE(statement.find("Condition"), nullptr) << statement.to_text();
      }
    }
  }
}

TEST(IamPolicy, names_account_and_region_where_they_are_known) {
  EXPECT_THAT(iam_policy(request_of(PolicyFor::person)),
              HasSubstr("arn:aws:dynamodb:eu-west-1:123456789012:table/spawn-hybrid-registry"));
}

}  // namespace
}  // namespace spawn::launch
