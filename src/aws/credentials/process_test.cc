// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
#include "aws/credentials/process.h"

#include <gtest/gtest.h>

#include "testing/fakes.h"

namespace spawn::aws {
namespace {

using namespace std::chrono_literals;
using core::Code;

class ProcessCredentialsTest : public ::testing::Test {
 protected:
  core::Result<Credentials> run(const std::string& command, core::Nanos timeout = 60s) {
    profile_.config["credential_process"].value = command;
    return ProcessCredentials(env_, profile_, clock_, timeout).get();
  }

  testing::FakeEnv env_{{"PATH", "/usr/bin:/bin"}, {"MARK", "from-the-environment"}};
  Profile profile_;
  core::SystemClock clock_;  // a real program takes real time
};

TEST_F(ProcessCredentialsTest, are_what_the_program_prints) {
  const auto credentials =
      run("printf '{\"Version\":1,\"AccessKeyId\":\"id\",\"SecretAccessKey\":\"%s\","
          "\"SessionToken\":\"token\",\"Expiration\":\"2026-01-02T03:04:05Z\"}' \"$MARK\"");
  ASSERT_TRUE(credentials) << credentials.error().message;
  EXPECT_EQ(credentials->access_key_id, "id");
  EXPECT_EQ(credentials->secret_access_key.reveal(), "from-the-environment");
  EXPECT_EQ(credentials->session_token.reveal(), "token");
  EXPECT_EQ(credentials->expires_at_ns, testing::FakeClock::kStart);
}

TEST_F(ProcessCredentialsTest, are_none_without_a_program) {
  EXPECT_EQ(run("").error().code, Code::not_found);
}

TEST_F(ProcessCredentialsTest, are_an_error_when_the_program_fails_without_its_words) {
  const auto credentials = run("echo my-secret; echo my-secret >&2; exit 3");
  ASSERT_FALSE(credentials);
  EXPECT_EQ(credentials.error().code, Code::unauthenticated);
  EXPECT_EQ(credentials.error().message.find("my-secret"), std::string::npos);
}

TEST_F(ProcessCredentialsTest, are_an_error_when_what_it_prints_is_none) {
  for (const char* text : {"my-secret", "[1]", "{\"Version\":2,\"AccessKeyId\":\"my-secret\"}",
                           "{\"Version\":1,\"AccessKeyId\":\"my-secret\"}",
                           "{\"Version\":1,\"AccessKeyId\":\"my-secret\",\"SecretAccessKey\":\"x\","
                           "\"Expiration\":\"soon\"}"}) {
    const auto credentials = run("printf '%s' '" + std::string(text) + "'");
    ASSERT_FALSE(credentials) << text;
    EXPECT_EQ(credentials.error().code, Code::protocol) << text;
    EXPECT_EQ(credentials.error().message.find("my-secret"), std::string::npos);
  }
}

TEST_F(ProcessCredentialsTest, wait_for_no_program_longer_than_they_should) {
  for (const char* command : {"sleep 100", "sleep 100 & sleep 100", "exec >&-; sleep 100"}) {
    const std::int64_t before = clock_.steady_ns();
    const auto credentials = run(command, 30ms);
    ASSERT_FALSE(credentials);
    EXPECT_EQ(credentials.error().code, Code::timeout) << command;
    EXPECT_LT(clock_.steady_ns() - before, core::Nanos(10s).count());
  }
}

TEST_F(ProcessCredentialsTest, read_no_endless_output) {
  EXPECT_EQ(run("yes").error().code, Code::protocol);
}

}  // namespace
}  // namespace spawn::aws
