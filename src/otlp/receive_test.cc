// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
#include "otlp/receive.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "otlp/reply.h"

namespace spawn::otlp {
namespace {

using ::testing::HasSubstr;

constexpr const char* kSpan =
    R"({"traceId":"65f0a1b2c3d4e5f60718293a4b5c6d7e","spanId":"0123456789abcdef",)"
    R"("name":"work","startTimeUnixNano":"1","endTimeUnixNano":"2"})";

std::string request_of(const std::string& spans) {
  return R"({"resourceSpans":[{"scopeSpans":[{"spans":[)" + spans + "]}]}]}";
}

class ReceiveTest : public ::testing::Test {
 protected:
  http::Reply receive(const std::string& body, const std::string& type = "application/json",
                      std::size_t max_spans = SIZE_MAX) {
    return otlp::receive(
        {{"Content-Type", type}}, body,
        [this](trace::SpanSet& set) {
          taken_ += set.spans.size();
          return status_;
        },
        max_spans);
  }
  std::size_t taken_ = 0;
  core::Status status_ = core::ok();
};

TEST_F(ReceiveTest, answers_in_the_requests_encoding_which_may_name_a_charset) {
  const http::Reply json = receive(request_of(kSpan), "application/json; charset=utf-8");
  EXPECT_EQ(json.status, 200);
  EXPECT_EQ(http::header(json.headers, "Content-Type"), "application/json");
  EXPECT_EQ(json.body, "{}");
  const http::Reply protobuf = receive("", "application/x-protobuf");
  EXPECT_EQ(protobuf.status, 200);
  EXPECT_EQ(http::header(protobuf.headers, "Content-Type"), "application/x-protobuf");
  EXPECT_EQ(taken_, 1U);
}

TEST_F(ReceiveTest, says_what_it_rejected_and_takes_the_rest) {
  const http::Reply reply = receive(request_of(std::string(kSpan) + R"(,{"name":"bad"})"));
  EXPECT_EQ(reply.status, 200);
  EXPECT_EQ(taken_, 1U);
  const auto partial = read_success(reply);
  ASSERT_TRUE(partial);
  EXPECT_EQ(partial->rejected_spans, 1);
  EXPECT_THAT(partial->message, HasSubstr("spans[1] 'bad'"));
}

TEST_F(ReceiveTest, says_that_a_request_holds_its_spans_where_none_belong) {
  const auto partial = read_success(
      receive(std::string(R"({"resourceSpans":[{"scopeSpans":[{"spans":)") + kSpan + "}]}]}"));
  ASSERT_TRUE(partial);
  EXPECT_EQ(partial->rejected_spans, 1);
  EXPECT_THAT(partial->message, HasSubstr("spans: an object is no list"));
}

TEST_F(ReceiveTest, reads_no_more_spans_than_it_may) {
  const std::string three = std::string(kSpan) + "," + kSpan + "," + kSpan;
  const auto partial = read_success(receive(request_of(three), "application/json", 2));
  ASSERT_TRUE(partial);
  EXPECT_EQ(taken_, 2U);
  EXPECT_EQ(partial->rejected_spans, 1);
  EXPECT_THAT(partial->message, HasSubstr("there are more than 2"));
}

TEST_F(ReceiveTest, refuses_what_it_cannot_read_by_a_status_that_fits) {
  EXPECT_EQ(receive("{").status, 400);
  EXPECT_EQ(receive("\xff\xff\xff", "application/x-protobuf").status, 400);
  const http::Reply other = receive(request_of(kSpan), "text/plain");
  EXPECT_EQ(other.status, 415);
  EXPECT_THAT(read_failure(other), HasSubstr("expected application/x-protobuf"));
  EXPECT_EQ(receive(request_of(kSpan), "").status, 415);
  EXPECT_EQ(taken_, 0U);
}

TEST_F(ReceiveTest, asks_to_try_again_when_nobody_could_take_them) {
  status_ = core::fail(core::Code::io, "the disk is full");
  const http::Reply reply = receive(request_of(kSpan));
  EXPECT_EQ(reply.status, 503);
  EXPECT_EQ(read_failure(reply), "the disk is full");
}

}  // namespace
}  // namespace spawn::otlp
