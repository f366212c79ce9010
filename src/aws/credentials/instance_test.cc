// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
#include "aws/credentials/instance.h"

#include <gtest/gtest.h>

#include "aws/credentials/cached.h"
#include "testing/fakes.h"

namespace spawn::aws {
namespace {

using namespace std::chrono_literals;
using core::Code;

class InstanceCredentialsTest : public ::testing::Test {
 protected:
  void answer_with_credentials(const char* expiration) {
    http_.answer(200, "my-role\n");
    http_.answer(200, std::string(R"({"Code":"Success","AccessKeyId":"id","SecretAccessKey":"s",
        "Token":"t","Expiration":")") +
                          expiration + R"("})");
  }

  testing::FakeEnv env_;
  testing::ScriptedHttp http_;
  testing::FakeClock clock_;
  Imds imds_{env_, http_, clock_};
  InstanceCredentials credentials_{imds_, clock_};
};

TEST_F(InstanceCredentialsTest, are_those_of_the_instances_role) {
  http_.answer(200, "imds-token");
  answer_with_credentials("2026-01-02T09:04:05Z");
  const auto credentials = credentials_.get();
  ASSERT_TRUE(credentials) << credentials.error().message;
  EXPECT_EQ(credentials->access_key_id, "id");
  EXPECT_EQ(credentials->session_token.reveal(), "t");
  EXPECT_EQ(credentials->expires_at_ns, testing::FakeClock::kStart + core::Nanos(6h).count());
  EXPECT_EQ(credentials->source, "instance role 'my-role'");
  EXPECT_TRUE(http_.requests().at(2).url.ends_with("/iam/security-credentials/my-role"));
}

TEST_F(InstanceCredentialsTest, are_none_where_there_is_no_instance_or_no_role) {
  http_.fail({Code::timeout, "nobody there"});
  EXPECT_EQ(credentials_.get().error().code, Code::not_found);
  http_.answer(200, "imds-token");
  http_.answer(404);
  EXPECT_EQ(credentials_.get().error().code, Code::not_found);
}

TEST_F(InstanceCredentialsTest, are_used_on_when_the_metadata_service_fails) {
  http_.answer(200, "imds-token");
  answer_with_credentials("2026-01-02T04:04:05Z");
  ASSERT_TRUE(credentials_.get());
  clock_.advance(2h);
  http_.answer(500);
  const auto stale = credentials_.get();
  ASSERT_TRUE(stale) << stale.error().message;
  EXPECT_EQ(stale->access_key_id, "id");
  EXPECT_GT(*stale->expires_at_ns, clock_.now().wall_ns);
}

TEST_F(InstanceCredentialsTest, that_come_expired_are_used_and_asked_for_again_in_five_minutes) {
  http_.answer(200, "imds-token");
  answer_with_credentials("2026-01-02T00:00:00Z");
  CachedCredentials cached(credentials_, clock_);
  ASSERT_TRUE(cached.get());
  clock_.advance(4min);
  ASSERT_TRUE(cached.get());
  EXPECT_EQ(http_.requests().size(), 3U);
  clock_.advance(61s);
  answer_with_credentials("2026-01-02T09:00:00Z");
  ASSERT_TRUE(cached.get());
  EXPECT_EQ(http_.requests().size(), 5U);
}

}  // namespace
}  // namespace spawn::aws
