// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
#include "aws/services/sso.h"

#include <gtest/gtest.h>

#include "aws/test_support.h"

namespace spawn::aws::sso {
namespace {

const Endpoint kEndpoint{*core::Url::parse("http://127.0.0.1:5000"), "eu-west-1"};

TEST(SsoService, makes_no_credentials_and_no_token_of_garbage) {
  for (const char* garbage : {"", "<html>", "[]", "{}", R"({"roleCredentials":{}})",
                              R"({"accessToken":"t","expiresIn":"soon"})"}) {
    ScriptedCaller caller;
    Reply reply;
    reply.body = garbage;
    caller.answers = {reply, reply};
    const auto deadline = core::Deadline::never();
    EXPECT_EQ(get_role_credentials(caller, kEndpoint, {}, deadline).error().code,
              core::Code::protocol)
        << garbage;
    EXPECT_EQ(create_token(caller, kEndpoint, {}, deadline).error().code, core::Code::protocol)
        << garbage;
  }
}

TEST(SsoService, does_not_repeat_a_renewal_that_may_have_arrived) {
  ScriptedCaller caller;
  (void)create_token(caller, kEndpoint, {}, core::Deadline::never());
  EXPECT_FALSE(caller.calls.at(0).idempotent);
}

}  // namespace
}  // namespace spawn::aws::sso
