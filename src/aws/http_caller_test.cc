// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
#include "aws/http_caller.h"

#include <gtest/gtest.h>

#include "aws/test_support.h"

namespace spawn::aws {
namespace {

using namespace std::chrono_literals;

class HttpCallerTest : public ::testing::Test {
 protected:
  testing::ScriptedHttp http_;
  testing::FakeClock clock_;
  HttpCaller caller_{http_, clock_};
};

TEST_F(HttpCallerTest, sends_the_call_as_it_is) {
  http_.answer(200);
  ASSERT_TRUE(caller_.call(test_call()));
  const http::Request& sent = http_.requests().at(0);
  EXPECT_EQ(sent.method, "POST");
  EXPECT_EQ(sent.url, "https://xray.eu-west-1.amazonaws.com/TraceSegments");
  EXPECT_EQ(http::header(sent.headers, "content-type"), "application/json");
  EXPECT_EQ(sent.body, "{}");
}

TEST_F(HttpCallerTest, finds_the_request_ids_under_all_their_names) {
  for (const char* name : {"x-amzn-RequestId", "x-amzn-request-id", "x-amz-request-id"}) {
    http_.answer(200, "body", {{name, "r-1"}, {"x-amz-id-2", "e-1"}});
    const Outcome outcome = caller_.call(test_call());
    ASSERT_TRUE(outcome);
    EXPECT_EQ(outcome->request_id, "r-1") << name;
    EXPECT_EQ(outcome->extended_request_id, "e-1");
    EXPECT_EQ(outcome->body, "body");
  }
}

TEST_F(HttpCallerTest, makes_a_failure_of_any_other_status) {
  for (const int status : {199, 300, 400, 500}) {
    http_.answer(status);
    const Outcome outcome = caller_.call(test_call());
    ASSERT_FALSE(outcome);
    EXPECT_EQ(outcome.error().status, status);
  }
}

TEST_F(HttpCallerTest, leaves_the_transport_no_longer_than_the_deadline) {
  http_.answer(200);
  Call call = test_call();
  call.deadline = core::Deadline::after(clock_, 70ms);
  ASSERT_TRUE(caller_.call(call));
  EXPECT_EQ(http_.requests().at(0).total_timeout, 70ms);
  EXPECT_EQ(http_.requests().at(0).connect_timeout, 70ms);
}

TEST_F(HttpCallerTest, sends_nothing_after_the_deadline) {
  Call call = test_call();
  call.deadline = core::Deadline::after(clock_, 0ms);
  const Outcome outcome = caller_.call(call);
  ASSERT_FALSE(outcome);
  EXPECT_EQ(outcome.error().error.code, core::Code::timeout);
  EXPECT_TRUE(http_.requests().empty());
}

}  // namespace
}  // namespace spawn::aws
