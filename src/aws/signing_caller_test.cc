// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
#include "aws/signing_caller.h"

#include <gtest/gtest.h>

#include "aws/http_caller.h"
#include "aws/test_support.h"

namespace spawn::aws {
namespace {

using namespace std::chrono_literals;

class SigningCallerTest : public ::testing::Test {
 protected:
  testing::ScriptedHttp http_;
  testing::FakeClock clock_;
  FixedCredentials credentials_;
  HttpCaller inner_{http_, clock_};
  SigningCaller caller_{inner_, credentials_, clock_};

  [[nodiscard]] std::string_view sent(std::size_t request, std::string_view name) const {
    return http::header(http_.requests().at(request).headers, name);
  }
};

TEST_F(SigningCallerTest, signs_with_date_token_and_scope) {
  http_.answer(200);
  ASSERT_TRUE(caller_.call(test_call()));
  EXPECT_EQ(sent(0, "host"), "xray.eu-west-1.amazonaws.com");
  EXPECT_EQ(sent(0, "x-amz-date"), "20260102T030405Z");
  EXPECT_EQ(sent(0, "x-amz-security-token"), kTestToken);
  EXPECT_EQ(sent(0, "x-amz-content-sha256"), "");
  EXPECT_TRUE(sent(0, "authorization")
                  .starts_with("AWS4-HMAC-SHA256 Credential=AKIDEXAMPLEKEYID/20260102/eu-west-1/"
                               "xray/aws4_request, SignedHeaders=content-type;host;x-amz-date;"
                               "x-amz-security-token, Signature="));
}

TEST_F(SigningCallerTest, signs_each_attempt_with_its_own_time) {
  http_.answer(200);
  http_.answer(200);
  ASSERT_TRUE(caller_.call(test_call()));
  clock_.advance(1s);
  ASSERT_TRUE(caller_.call(test_call()));
  EXPECT_EQ(sent(1, "x-amz-date"), "20260102T030406Z");
  EXPECT_NE(sent(0, "authorization"), sent(1, "authorization"));
}

TEST_F(SigningCallerTest, adds_the_payload_hash_that_s3_wants) {
  ServiceInfo s3 = xray::kService;
  s3.normalize_path = false;
  Call call = test_call();
  call.service = &s3;
  http_.answer(200);
  ASSERT_TRUE(caller_.call(call));
  EXPECT_EQ(sent(0, "x-amz-content-sha256"), sigv4::sha256_hex("{}"));
}

TEST_F(SigningCallerTest, corrects_its_clock_at_once_and_keeps_that_for_the_host) {
  http_.answer(403, R"({"__type":"InvalidSignatureException"})",
               {{"Date", "Fri, 02 Jan 2026 04:04:06 GMT"}});
  http_.answer(200);
  http_.answer(200);
  ASSERT_TRUE(caller_.call(test_call()));
  EXPECT_EQ(sent(1, "x-amz-date"), "20260102T040406Z");
  EXPECT_EQ(clock_.slept(), 0ns);
  ASSERT_TRUE(caller_.call(test_call()));
  EXPECT_EQ(sent(2, "x-amz-date"), "20260102T040406Z");

  Call elsewhere = test_call();
  elsewhere.url.host = "xray.us-east-1.amazonaws.com";
  http_.answer(200);
  ASSERT_TRUE(caller_.call(elsewhere));
  EXPECT_EQ(sent(3, "x-amz-date"), "20260102T030405Z");
}

TEST_F(SigningCallerTest, does_not_blame_the_clock_when_it_is_right) {
  http_.answer(403, R"({"__type":"InvalidSignatureException"})",
               {{"Date", "Fri, 02 Jan 2026 03:04:06 GMT"}});
  EXPECT_FALSE(caller_.call(test_call()));
  EXPECT_EQ(http_.requests().size(), 1U);
}

TEST_F(SigningCallerTest, corrects_its_clock_once_a_call) {
  for (int i = 0; i < 5; ++i) {
    http_.answer(403, R"({"__type":"RequestTimeTooSkewed"})",
                 {{"Date", "Fri, 02 Jan 2026 04:04:06 GMT"}});
  }
  EXPECT_FALSE(caller_.call(test_call()));
  EXPECT_EQ(http_.requests().size(), 2U);
  EXPECT_FALSE(caller_.call(test_call()));
  EXPECT_EQ(http_.requests().size(), 3U);
}

TEST_F(SigningCallerTest, asks_for_new_credentials_once_when_they_have_expired) {
  credentials_.next = test_credentials();
  credentials_.next->access_key_id = "AKIDNEWEXAMPLE";
  http_.answer(403, R"({"__type":"ExpiredTokenException"})");
  http_.answer(200);
  ASSERT_TRUE(caller_.call(test_call()));
  EXPECT_NE(sent(1, "authorization").find("AKIDNEWEXAMPLE"), std::string_view::npos);
  EXPECT_EQ(credentials_.forgotten, 1);
}

TEST_F(SigningCallerTest, gives_up_when_there_are_no_newer_credentials) {
  http_.answer(403, R"({"__type":"ExpiredTokenException"})");
  const Outcome outcome = caller_.call(test_call());
  ASSERT_FALSE(outcome);
  EXPECT_EQ(outcome.error().aws_code, "ExpiredTokenException");
  EXPECT_EQ(http_.requests().size(), 1U);
}

class NoCredentials final : public CredentialsProvider {
 public:
  core::Result<Credentials> get() override {
    return core::fail(core::Code::unauthenticated, "no AWS credentials were found");
  }
};

TEST_F(SigningCallerTest, sends_nothing_without_credentials) {
  NoCredentials none;
  SigningCaller caller(inner_, none, clock_);
  const Outcome outcome = caller.call(test_call());
  ASSERT_FALSE(outcome);
  EXPECT_EQ(outcome.error().error.message, "XRay PutTraceSegments: no AWS credentials were found");
  EXPECT_FALSE(outcome.error().retryable);
  EXPECT_TRUE(http_.requests().empty());
}

}  // namespace
}  // namespace spawn::aws
