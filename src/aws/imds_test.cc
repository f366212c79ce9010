// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
#include "aws/imds.h"

#include <gtest/gtest.h>

#include "testing/fakes.h"

namespace spawn::aws {
namespace {

using namespace std::chrono_literals;

class ImdsTest : public ::testing::Test {
 protected:
  testing::FakeEnv env_;
  testing::ScriptedHttp http_;
  testing::FakeClock clock_;
  Imds imds_{env_, http_, clock_};

  [[nodiscard]] std::string_view sent_token(std::size_t request) const {
    return http::header(http_.requests().at(request).headers, "x-aws-ec2-metadata-token");
  }
};

TEST_F(ImdsTest, gets_a_session_token_first_and_uses_it_on) {
  http_.answer(200, "token-1");
  http_.answer(200, "i-123");
  http_.answer(200, "ami-1");
  EXPECT_EQ(imds_.get("/latest/meta-data/instance-id"), "i-123");
  EXPECT_EQ(imds_.get("/latest/meta-data/ami-id"), "ami-1");
  const auto& asked = http_.requests();
  ASSERT_EQ(asked.size(), 3U);
  EXPECT_EQ(asked[0].method, "PUT");
  EXPECT_EQ(asked[0].url, "http://169.254.169.254/latest/api/token");
  EXPECT_EQ(http::header(asked[0].headers, "x-aws-ec2-metadata-token-ttl-seconds"), "21600");
  EXPECT_EQ(asked[0].total_timeout, 1s);
  EXPECT_TRUE(asked[0].direct);
  EXPECT_EQ(asked[1].url, "http://169.254.169.254/latest/meta-data/instance-id");
  EXPECT_EQ(sent_token(1), "token-1");
  EXPECT_EQ(sent_token(2), "token-1");
  EXPECT_TRUE(asked[1].direct);
}

TEST_F(ImdsTest, gets_a_new_token_when_the_old_one_has_ended) {
  http_.answer(200, "token-1");
  http_.answer(200, "a");
  ASSERT_TRUE(imds_.get("/a"));
  clock_.advance(6h);
  http_.answer(200, "token-2");
  http_.answer(401);
  http_.answer(200, "token-3");
  http_.answer(200, "b");
  EXPECT_EQ(imds_.get("/b"), "b");
  EXPECT_EQ(sent_token(3), "token-2");
  EXPECT_EQ(sent_token(5), "token-3");
}

TEST_F(ImdsTest, does_not_ask_without_a_token) {
  for (const int status : {403, 404, 405}) {
    http_.answer(status);
    const auto text = imds_.get("/a");
    ASSERT_FALSE(text);
    EXPECT_EQ(text.error().code, core::Code::unavailable);
  }
  EXPECT_EQ(http_.requests().size(), 3U);
}

TEST_F(ImdsTest, tells_a_missing_item_from_an_absent_service) {
  http_.answer(200, "token");
  http_.answer(404);
  EXPECT_EQ(imds_.get("/latest/meta-data/spot/x").error().code, core::Code::not_found);
  Imds other(env_, http_, clock_);
  http_.fail({core::Code::timeout, "http://169.254.169.254: no connection within 1000 ms"});
  const auto absent = other.get("/a");
  EXPECT_EQ(absent.error().code, core::Code::timeout);
  EXPECT_EQ(http_.requests().size(), 3U) << "one attempt";
}

TEST_F(ImdsTest, gives_up_when_new_tokens_are_refused_too) {
  http_.answer(200, "t1");
  http_.answer(401);
  http_.answer(200, "t2");
  http_.answer(401);
  const auto text = imds_.get("/a");
  ASSERT_FALSE(text);
  EXPECT_EQ(text.error().code, core::Code::unavailable);
  EXPECT_EQ(http_.requests().size(), 4U);
}

TEST_F(ImdsTest, can_be_switched_off) {
  env_.set("AWS_EC2_METADATA_DISABLED", "True");
  EXPECT_EQ(imds_.get("/a").error().code, core::Code::not_found);
  EXPECT_TRUE(http_.requests().empty());
}

TEST_F(ImdsTest, can_be_elsewhere) {
  env_.set("AWS_EC2_METADATA_SERVICE_ENDPOINT_MODE", "IPv6");
  ASSERT_FALSE(imds_.get("/a"));
  EXPECT_EQ(http_.requests().at(0).url, "http://[fd00:ec2::254]/latest/api/token");
  env_.set("AWS_EC2_METADATA_SERVICE_ENDPOINT", "http://127.0.0.1:1338/");
  ASSERT_FALSE(imds_.get("/a"));
  EXPECT_EQ(http_.requests().at(1).url, "http://127.0.0.1:1338/latest/api/token");
  env_.set("AWS_EC2_METADATA_SERVICE_ENDPOINT", "nowhere");
  EXPECT_EQ(imds_.get("/a").error().code, core::Code::invalid_argument);
}

}  // namespace
}  // namespace spawn::aws
