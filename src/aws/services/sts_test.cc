// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
#include "aws/services/sts.h"

#include <gtest/gtest.h>

#include "aws/test_support.h"

namespace spawn::aws::sts {
namespace {

const Endpoint kEndpoint{*core::Url::parse("http://127.0.0.1:5000"), "eu-west-1"};

TEST(Sts, tells_who_the_credentials_belong_to) {
  ScriptedCaller caller;
  Reply reply;
  reply.body =
      "<GetCallerIdentityResponse><GetCallerIdentityResult>"
      "<Arn>arn:aws:iam::123456789012:user/me</Arn><UserId>AIDAX</UserId>"
      "<Account>123456789012</Account></GetCallerIdentityResult></GetCallerIdentityResponse>";
  caller.answers.emplace_back(reply);
  const auto identity = get_caller_identity(caller, kEndpoint, core::Deadline::never());
  ASSERT_TRUE(identity) << identity.error().message;
  EXPECT_EQ(identity->account, "123456789012");
  EXPECT_EQ(identity->arn, "arn:aws:iam::123456789012:user/me");
  EXPECT_EQ(identity->user_id, "AIDAX");
  EXPECT_EQ(caller.calls.at(0).body, "Action=GetCallerIdentity&Version=2011-06-15");
}

TEST(Sts, does_not_make_an_identity_of_garbage) {
  ScriptedCaller caller;
  caller.answers.emplace_back(Reply{});
  const auto identity = get_caller_identity(caller, kEndpoint, core::Deadline::never());
  ASSERT_FALSE(identity);
  EXPECT_EQ(identity.error().code, core::Code::protocol);
}

TEST(Sts, makes_no_credentials_of_garbage) {
  for (const char* garbage :
       {"", "{}", "<AccessKeyId>a</AccessKeyId><SecretAccessKey>s</SecretAccessKey>",
        "<AccessKeyId>a</AccessKeyId><Expiration>2026-01-02T03:04:05Z</Expiration>"}) {
    ScriptedCaller caller;
    Reply reply;
    reply.body = garbage;
    caller.answers.emplace_back(reply);
    const auto credentials = assume_role(caller, kEndpoint, {}, core::Deadline::never());
    EXPECT_EQ(credentials.error().code, core::Code::protocol) << garbage;
  }
}

}  // namespace
}  // namespace spawn::aws::sts
