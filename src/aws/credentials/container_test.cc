// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
#include "aws/credentials/container.h"

#include <gtest/gtest.h>

#include "aws/test_support.h"

namespace spawn::aws {
namespace {

using core::Code;

constexpr const char* kRelative = "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI";
constexpr const char* kFull = "AWS_CONTAINER_CREDENTIALS_FULL_URI";
constexpr const char* kBody =
    R"({"AccessKeyId":"id","SecretAccessKey":"secret","Token":"token",
        "Expiration":"2026-01-02T03:04:05Z"})";

class ContainerCredentialsTest : public ::testing::Test {
 protected:
  testing::FakeEnv env_;
  testing::ScriptedHttp http_;
  ContainerCredentials credentials_{env_, http_};
};

TEST_F(ContainerCredentialsTest, are_none_outside_a_container) {
  EXPECT_EQ(credentials_.get().error().code, Code::not_found);
  EXPECT_TRUE(http_.requests().empty());
}

TEST_F(ContainerCredentialsTest, come_from_ecs_by_a_path) {
  env_.set(kRelative, "/v2/credentials/1");
  http_.answer(200, kBody);
  const auto credentials = credentials_.get();
  ASSERT_TRUE(credentials) << credentials.error().message;
  EXPECT_EQ(credentials->access_key_id, "id");
  EXPECT_EQ(credentials->session_token.reveal(), "token");
  EXPECT_EQ(credentials->expires_at_ns, testing::FakeClock::kStart);
  EXPECT_EQ(http_.requests().at(0).url, "http://169.254.170.2/v2/credentials/1");
  EXPECT_TRUE(http_.requests().at(0).direct);
}

TEST_F(ContainerCredentialsTest, carry_the_authorization_token_the_file_first) {
  const TemporaryFolder folder;
  env_.set(kFull, "http://169.254.170.23/v1/credentials");
  env_.set("AWS_CONTAINER_AUTHORIZATION_TOKEN", "from-variable");
  http_.answer(200, kBody);
  ASSERT_TRUE(credentials_.get());
  env_.set("AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE", folder.write("token", "from-file\n"));
  http_.answer(200, kBody);
  ASSERT_TRUE(credentials_.get());
  EXPECT_EQ(http::header(http_.requests().at(0).headers, "authorization"), "from-variable");
  EXPECT_EQ(http::header(http_.requests().at(1).headers, "authorization"), "from-file");
}

TEST_F(ContainerCredentialsTest, refuse_a_token_that_would_become_headers) {
  env_.set(kFull, "http://localhost/x");
  env_.set("AWS_CONTAINER_AUTHORIZATION_TOKEN", "my-secret\r\nX-Evil: 1");
  const auto credentials = credentials_.get();
  EXPECT_EQ(credentials.error().code, Code::invalid_argument);
  EXPECT_EQ(credentials.error().message.find("my-secret"), std::string::npos);
}

TEST_F(ContainerCredentialsTest, may_be_asked_for_here_or_over_https_only) {
  for (const char* good :
       {"https://example.com/x", "http://127.0.0.1:99/x", "http://127.1.2.3/x", "http://[::1]/x",
        "http://localhost/x", "http://169.254.170.2/x", "http://[fd00:ec2::23]/x"}) {
    env_.set(kFull, good);
    http_.answer(200, kBody);
    EXPECT_TRUE(credentials_.get()) << good;
  }
  const std::size_t sent = http_.requests().size();
  for (const char* bad :
       {"http://example.com/x", "http://169.254.169.254/x", "http://10.0.0.1/x",
        "http://127.evil.com/x", "http://localhost.evil.com/x", "ftp://127.0.0.1/"}) {
    env_.set(kFull, bad);
    EXPECT_EQ(credentials_.get().error().code, Code::invalid_argument) << bad;
  }
  env_.set(kRelative, "@evil.com/x");
  EXPECT_EQ(credentials_.get().error().code, Code::invalid_argument);
  EXPECT_EQ(http_.requests().size(), sent);
}

TEST_F(ContainerCredentialsTest, that_are_refused_are_an_error_and_not_none) {
  env_.set(kRelative, "/x");
  http_.answer(403, "my-secret");
  const auto refused = credentials_.get();
  EXPECT_EQ(refused.error().code, Code::unauthenticated);
  EXPECT_EQ(refused.error().message.find("my-secret"), std::string::npos);
  http_.answer(200, "my-secret");
  EXPECT_EQ(credentials_.get().error().code, Code::protocol);
  http_.fail({Code::timeout, "late"});
  EXPECT_EQ(credentials_.get().error().code, Code::timeout);
}

}  // namespace
}  // namespace spawn::aws
