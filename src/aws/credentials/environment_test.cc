// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
#include "aws/credentials/environment.h"

#include <gtest/gtest.h>

#include "testing/fakes.h"

namespace spawn::aws {
namespace {

TEST(EnvironmentCredentials, are_the_three_variables) {
  const testing::FakeEnv env{{"AWS_ACCESS_KEY_ID", "id"},
                             {"AWS_SECRET_ACCESS_KEY", "secret"},
                             {"AWS_SESSION_TOKEN", "token"}};
  const auto credentials = EnvironmentCredentials(env).get();
  ASSERT_TRUE(credentials);
  EXPECT_EQ(credentials->access_key_id, "id");
  EXPECT_EQ(credentials->secret_access_key.reveal(), "secret");
  EXPECT_EQ(credentials->session_token.reveal(), "token");
  EXPECT_FALSE(credentials->expires_at_ns);
}

TEST(EnvironmentCredentials, need_no_token) {
  const testing::FakeEnv env{
      {"AWS_ACCESS_KEY_ID", "id"}, {"AWS_SECRET_ACCESS_KEY", "secret"}, {"AWS_SESSION_TOKEN", ""}};
  EXPECT_TRUE(EnvironmentCredentials(env).get()->session_token.empty());
}

TEST(EnvironmentCredentials, are_none_without_keys_and_wrong_with_one_key) {
  EXPECT_EQ(EnvironmentCredentials(testing::FakeEnv{}).get().error().code, core::Code::not_found);
  for (const char* one : {"AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"}) {
    const testing::FakeEnv env{{one, "my-secret"}};
    const auto credentials = EnvironmentCredentials(env).get();
    ASSERT_FALSE(credentials);
    EXPECT_EQ(credentials.error().code, core::Code::unauthenticated);
    EXPECT_TRUE(credentials.error().message.starts_with(one));
    EXPECT_EQ(credentials.error().message.find("my-secret"), std::string::npos);
  }
}

}  // namespace
}  // namespace spawn::aws
