// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
#include "aws/services/iam.h"

#include <gtest/gtest.h>

#include "aws/test_support.h"

namespace spawn::aws::iam {
namespace {

const Endpoint kEndpoint{*core::Url::parse("http://127.0.0.1:5000"), "us-east-1"};
const core::Deadline kNever = core::Deadline::never();

TEST(Iam, tells_what_a_principal_may_do) {
  ScriptedCaller caller;
  caller.answers.emplace_back(good_reply(
      "<SimulatePrincipalPolicyResponse xmlns=\"https://iam.amazonaws.com/doc/2010-05-08/\">"
      "<SimulatePrincipalPolicyResult><IsTruncated>true</IsTruncated><Marker>m</Marker>"
      "<EvaluationResults><member><EvalActionName>xray:PutTraceSegments</EvalActionName>"
      "<EvalResourceName>*</EvalResourceName><EvalDecision>allowed</EvalDecision></member>"
      "<member><EvalActionName>s3:GetObject</EvalActionName><EvalResourceName>*</EvalResourceName>"
      "<EvalDecision>implicitDeny</EvalDecision></member></EvaluationResults>"
      "</SimulatePrincipalPolicyResult></SimulatePrincipalPolicyResponse>"));
  const auto page = simulate_principal_policy(
      caller, kEndpoint,
      {"arn:aws:iam::1:role/r", {"xray:PutTraceSegments", "s3:GetObject"}, {"*"}, "before"},
      kNever);
  ASSERT_TRUE(page) << page.error().message;
  EXPECT_EQ(caller.calls.at(0).body,
            "Action=SimulatePrincipalPolicy&Version=2010-05-08"
            "&PolicySourceArn=arn%3Aaws%3Aiam%3A%3A1%3Arole%2Fr"
            "&ActionNames.member.1=xray%3APutTraceSegments&ActionNames.member.2=s3%3AGetObject"
            "&ResourceArns.member.1=%2A&Marker=before");
  ASSERT_EQ(page->decisions.size(), 2U);
  EXPECT_EQ(page->decisions[0].action, "xray:PutTraceSegments");
  EXPECT_EQ(page->decisions[0].resource, "*");
  EXPECT_TRUE(page->decisions[0].allowed);
  EXPECT_FALSE(page->decisions[1].allowed);
  EXPECT_EQ(page->decisions[1].said, "implicitDeny");
  EXPECT_EQ(page->next_token, "m");
}

TEST(Iam, finds_a_role_and_what_may_assume_it) {
  ScriptedCaller caller;
  caller.answers.emplace_back(good_reply(
      "<GetRoleResponse><GetRoleResult><Role><Path>/</Path><RoleName>r</RoleName>"
      "<Arn>arn:aws:iam::1:role/r</Arn>"
      "<AssumeRolePolicyDocument>%7B%22Version%22%3A1%7D</AssumeRolePolicyDocument></Role>"
      "</GetRoleResult></GetRoleResponse>"));
  const auto role = get_role(caller, kEndpoint, "r", kNever);
  ASSERT_TRUE(role) << role.error().message;
  EXPECT_EQ(caller.calls.at(0).body, "Action=GetRole&Version=2010-05-08&RoleName=r");
  EXPECT_EQ(role->name, "r");
  EXPECT_EQ(role->arn, "arn:aws:iam::1:role/r");
  EXPECT_EQ(role->trust_policy, R"({"Version":1})");
}

TEST(Iam, finds_the_role_of_an_instance_profile) {
  ScriptedCaller caller;
  caller.answers.emplace_back(good_reply(
      "<GetInstanceProfileResponse><GetInstanceProfileResult><InstanceProfile>"
      "<InstanceProfileName>p</InstanceProfileName><Arn>arn:aws:iam::1:instance-profile/p</Arn>"
      "<Roles><member><RoleName>r</RoleName><Arn>arn:aws:iam::1:role/r</Arn></member></Roles>"
      "</InstanceProfile></GetInstanceProfileResult></GetInstanceProfileResponse>"));
  const auto profile = get_instance_profile(caller, kEndpoint, "p", kNever);
  ASSERT_TRUE(profile) << profile.error().message;
  EXPECT_EQ(profile->name, "p");
  EXPECT_EQ(profile->arn, "arn:aws:iam::1:instance-profile/p");
  ASSERT_EQ(profile->roles.size(), 1U);
  EXPECT_EQ(profile->roles[0].name, "r");
}

TEST(Iam, does_not_make_a_role_or_a_profile_of_garbage) {
  ScriptedCaller caller;
  caller.answers.emplace_back(good_reply("<GetRoleResponse/>"));
  EXPECT_EQ(get_role(caller, kEndpoint, "r", kNever).error().code, core::Code::protocol);
  caller.answers.emplace_back(good_reply("<GetInstanceProfileResponse/>"));
  EXPECT_EQ(get_instance_profile(caller, kEndpoint, "p", kNever).error().code,
            core::Code::protocol);
}

TEST(Iam, knows_the_role_behind_a_session) {
  const std::string session = "arn:aws-cn:sts::123456789012:assumed-role/worker/i-0abc";
  EXPECT_EQ(principal_of(session), "arn:aws-cn:iam::123456789012:role/worker");
  EXPECT_EQ(role_name_of(session), "worker");
  const std::string user = "arn:aws:iam::123456789012:user/me";
  EXPECT_EQ(principal_of(user), user);
  EXPECT_EQ(role_name_of(user), "");
}

}  // namespace
}  // namespace spawn::aws::iam
