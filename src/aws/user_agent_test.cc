// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
#include "aws/user_agent.h"

#include <gtest/gtest.h>

#include "aws/http_caller.h"
#include "aws/test_support.h"

namespace spawn::aws {
namespace {

TEST(UserAgent, names_program_language_and_application) {
  Profile profile;
  EXPECT_EQ(user_agent("1.2.3", testing::FakeEnv{}, profile), "spawn/1.2.3 lang/c++");
  profile.config["sdk_ua_app_id"].value = "from-profile";
  EXPECT_EQ(user_agent("1", testing::FakeEnv{}, profile), "spawn/1 lang/c++ app/from-profile");
  const testing::FakeEnv env{{"AWS_SDK_UA_APP_ID", "from.env~1"}};
  EXPECT_EQ(user_agent("1", env, profile), "spawn/1 lang/c++ app/from.env~1");
}

TEST(UserAgent, keeps_fifty_characters_that_may_stand_in_a_token) {
  const testing::FakeEnv odd{{"AWS_SDK_UA_APP_ID", "a b/c#d\r\n(é"}};
  EXPECT_EQ(user_agent("1", odd, {}), "spawn/1 lang/c++ app/a-b-c-d-----");
  const testing::FakeEnv much{{"AWS_SDK_UA_APP_ID", std::string(51, 'x')}};
  EXPECT_EQ(user_agent("1", much, {}), "spawn/1 lang/c++ app/" + std::string(50, 'x'));
}

TEST(UserAgent, carries_the_trace_of_a_sampled_call_alone) {
  testing::ScriptedHttp http;
  testing::FakeClock clock;
  HttpCaller caller(http, clock, "spawn/1");
  const auto sent_with = [&](const std::string& trace_header) {
    http.answer(200);
    Call call = test_call();
    if (!trace_header.empty()) call.headers.emplace_back("X-Amzn-Trace-Id", trace_header);
    EXPECT_TRUE(caller.call(call));
    return std::string(http::header(http.requests().back().headers, "user-agent"));
  };
  const std::string ids = "Root=1-5759e988-bd862e3fe1be46a994272793;Parent=53995c3f42cd8ad8";
  EXPECT_EQ(sent_with(ids + ";Sampled=1"), "spawn/1 md/trace#5759e988bd862e3fe1be46a994272793");
  EXPECT_EQ(sent_with(ids + ";Sampled=0"), "spawn/1");
  EXPECT_EQ(sent_with(ids), "spawn/1");
  EXPECT_EQ(sent_with(""), "spawn/1");
}

}  // namespace
}  // namespace spawn::aws
