// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
#include "aws/errors.h"

#include <gtest/gtest.h>

#include "aws/test_support.h"

namespace spawn::aws {
namespace {

using core::Code;

constexpr std::int64_t kNow = testing::FakeClock::kStart;

Failure failure_of(Protocol protocol, int status, std::string body, http::Headers headers = {}) {
  ServiceInfo service = xray::kService;
  service.protocol = protocol;
  Call call = test_call();
  call.service = &service;
  http::Reply reply;
  reply.status = status;
  reply.body = std::move(body);
  reply.headers = std::move(headers);
  return failure_of_reply(call, reply, kNow);
}

TEST(Errors, are_read_from_rest_json_headers_and_body) {
  const Failure failure =
      failure_of(Protocol::rest_json, 403, R"({"Message":"not you"})",
                 {{"x-amzn-ErrorType", "AccessDeniedException:http://internal/"},
                  {"x-amzn-RequestId", "r-1"}});
  EXPECT_EQ(failure.aws_code, "AccessDeniedException");
  EXPECT_EQ(failure.message, "not you");
  EXPECT_EQ(failure.request_id, "r-1");
  EXPECT_EQ(failure.status, 403);
  EXPECT_EQ(failure.error.code, Code::permission_denied);
  EXPECT_EQ(failure.error.message,
            "XRay PutTraceSegments: AccessDeniedException: not you "
            "(the policy of these credentials must allow it)");
  EXPECT_FALSE(failure.retryable);
}

TEST(Errors, are_read_from_a_json_type) {
  const Failure failure = failure_of(
      Protocol::json_1_0, 400,
      R"({"__type":"com.amazonaws.dynamodb.v20120810#ResourceNotFoundException","message":"no table"})");
  EXPECT_EQ(failure.aws_code, "ResourceNotFoundException");
  EXPECT_EQ(failure.error.code, Code::not_found);
}

TEST(Errors, of_a_query_compatible_service_carry_the_code_of_old) {
  const Failure failure =
      failure_of(Protocol::json_1_0, 400, R"({"__type":"com.amazonaws.sqs#QueueDoesNotExist"})",
                 {{"x-amzn-query-error", "AWS.SimpleQueueService.NonExistentQueue;Sender"}});
  EXPECT_EQ(failure.aws_code, "AWS.SimpleQueueService.NonExistentQueue");
}

TEST(Errors, are_read_from_query_and_ec2_xml) {
  const Failure query =
      failure_of(Protocol::query, 400,
                 "<ErrorResponse><Error><Type>Sender</Type><Code>InvalidClientTokenId</Code>"
                 "<Message>The token "
                 "&lt;x&gt;</Message></Error><RequestId>body-id</RequestId></ErrorResponse>");
  EXPECT_EQ(query.aws_code, "InvalidClientTokenId");
  EXPECT_EQ(query.message, "The token <x>");
  EXPECT_EQ(query.request_id, "body-id");
  EXPECT_EQ(query.error.code, Code::unauthenticated);

  const Failure ec2 = failure_of(
      Protocol::ec2_query, 400,
      "<Response><Errors><Error><Code>InvalidInstanceID.NotFound</Code><Message>m</Message></Error>"
      "</Errors><RequestID>body-id</RequestID></Response>",
      {{"x-amzn-requestid", "header-id"}});
  EXPECT_EQ(ec2.error.code, Code::not_found);
  EXPECT_EQ(ec2.request_id, "header-id");
}

TEST(Errors, without_anything_to_read_fall_back_to_the_status) {
  const Failure html = failure_of(Protocol::rest_json, 404, "<!doctype html><h1>Not Found</h1>");
  EXPECT_EQ(html.aws_code, "");
  EXPECT_EQ(html.error.message,
            "XRay PutTraceSegments: HTTP status 404 and a page of HTML, from "
            "xray.eu-west-1.amazonaws.com");
  EXPECT_EQ(html.error.code, Code::not_found);
  EXPECT_EQ(error_type(html), "404");
  EXPECT_EQ(failure_of(Protocol::rest_json, 302, "").error.code, Code::protocol);
  EXPECT_EQ(failure_of(Protocol::rest_json, 418, "").error.code, Code::invalid_argument);
}

TEST(Errors, do_not_take_a_sentence_or_markup_for_a_code) {
  EXPECT_EQ(failure_of(Protocol::rest_json, 400, R"({"code":"some words\n"})").aws_code, "");
  EXPECT_EQ(failure_of(Protocol::query, 400, "<Code><b>x</b></Code>").aws_code, "");
}

TEST(Errors, know_throttles_and_what_may_be_tried_again) {
  for (const char* code : {"Throttling", "ThrottlingException", "SlowDown", "RequestLimitExceeded",
                           "ProvisionedThroughputExceededException"}) {
    const Failure failure = failure_of(Protocol::rest_json, 400, "", {{"x-amzn-errortype", code}});
    EXPECT_TRUE(failure.throttled && failure.retryable) << code;
    EXPECT_EQ(failure.error.code, Code::throttled) << code;
  }
  EXPECT_TRUE(failure_of(Protocol::rest_json, 429, "").throttled);
  for (const int status : {500, 502, 503, 504}) {
    const Failure failure = failure_of(Protocol::rest_json, status, "");
    EXPECT_TRUE(failure.retryable && !failure.throttled) << status;
    EXPECT_EQ(failure.error.code, Code::unavailable) << status;
  }
  for (const int status : {301, 400, 401, 403, 404, 501}) {
    EXPECT_FALSE(failure_of(Protocol::rest_json, status, "").retryable) << status;
  }
  EXPECT_EQ(failure_of(Protocol::rest_xml, 400, "<Code>RequestTimeout</Code>").error.code,
            Code::timeout);
}

TEST(Errors, tell_how_far_off_our_clock_is) {
  // kStart is 2026-01-02T03:04:05Z.
  const auto at = [](const char* date) {
    return failure_of(Protocol::rest_json, 403, "", {{"Date", date}}).clock_offset;
  };
  EXPECT_EQ(at("Fri, 02 Jan 2026 03:14:05 GMT"), std::chrono::minutes(10));
  EXPECT_EQ(at("Fri, 02 Jan 2026 02:54:05 GMT"), -std::chrono::minutes(10));
  EXPECT_EQ(at("Fri, 02 Jan 2026 03:14:05 GMT, Fri, 02 Jan 2026 03:04:05 GMT"),
            std::chrono::minutes(10));
  EXPECT_EQ(at("Fri, 02 Jan 2026 03:07:05 GMT"), std::nullopt);
  EXPECT_EQ(at("yesterday"), std::nullopt);
}

TEST(Errors, without_a_reply_are_named_by_their_kind) {
  const auto type = [](Code code) {
    return error_type(failure_without_reply(test_call(), {code, "m"}));
  };
  EXPECT_EQ(type(Code::timeout), "timeout");
  EXPECT_EQ(type(Code::unavailable), "connect");
  EXPECT_EQ(type(Code::unauthenticated), "credentials");
  const Failure failure =
      failure_without_reply(test_call(), {Code::unavailable, "http://h: connection refused"});
  EXPECT_TRUE(failure.retryable);
  EXPECT_EQ(failure.error.message, "XRay PutTraceSegments: http://h: connection refused");
  EXPECT_EQ(failure.message, "http://h: connection refused");
  EXPECT_FALSE(failure_without_reply(test_call(), {Code::protocol, "m"}).retryable);
}

TEST(Errors, keep_one_presentable_line_of_a_message) {
  const Failure failure = failure_of(Protocol::rest_json, 400,
                                     R"({"message":"first\tline\nThe canonical string was ..."})");
  EXPECT_EQ(failure.message, "first line");
  EXPECT_LE(
      failure_of(Protocol::rest_json, 400, R"({"message":")" + std::string(5000, 'x') + R"("})")
          .message.size(),
      512U);
}

}  // namespace
}  // namespace spawn::aws
