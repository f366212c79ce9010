// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
#include "intake/csm_event.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <string>

#include "core/text.h"

namespace spawn::intake {
namespace {

// As botocore 1.29 sends them.
constexpr std::string_view kCall =
    R"({"Version":1,"ClientId":"token","Type":"ApiCall","Service":"S3","Api":"PutObject",)"
    R"("Timestamp":1767323045000,"AttemptCount":2,"Latency":57,"FinalHttpStatusCode":200,)"
    R"("UserAgent":"Boto3/1.26.27 Python/3.11.2","Region":"eu-west-1","MaxRetriesExceeded":0})";
constexpr std::string_view kAttempt =
    R"({"Version":1,"ClientId":"token","Type":"ApiCallAttempt","Service":"S3","Api":"PutObject",)"
    R"("Timestamp":1767323045002,"AttemptLatency":50,"Fqdn":"s3.eu-west-1.amazonaws.com",)"
    R"("UserAgent":"Boto3/1.26.27 Python/3.11.2","Region":"eu-west-1","HttpStatusCode":503,)"
    R"("AccessKey":"AKIAIOSFODNN7EXAMPLE","SessionToken":"FwoGZXIvYXdzEXAMPLEtoken",)"
    R"("XAmzRequestId":"REQ1","XAmzId2":"ID2","AwsException":"SlowDown",)"
    R"("AwsExceptionMessage":"Please reduce your request rate."})";

// `text` with its first `from` replaced.
std::string with(std::string_view text, std::string_view from, std::string_view to) {
  std::string out(text);
  const auto at = out.find(from);
  EXPECT_NE(at, std::string::npos) << from;
  return out.replace(at, from.size(), to);
}

TEST(CsmEvent, reads_a_call) {
  const auto event = parse_csm_event(kCall);
  ASSERT_TRUE(event);
  EXPECT_EQ(event->type, CsmEvent::Type::call);
  EXPECT_EQ(event->client_id, "token");
  EXPECT_EQ(event->service, "S3");
  EXPECT_EQ(event->api, "PutObject");
  EXPECT_EQ(event->region, "eu-west-1");
  EXPECT_EQ(event->user_agent, "Boto3/1.26.27 Python/3.11.2");
  EXPECT_EQ(event->timestamp_ms, 1767323045000);
  EXPECT_EQ(event->end_ms(), 1767323045057);
  EXPECT_EQ(event->attempt_count, 2);
  EXPECT_EQ(event->http_status, 200);
  EXPECT_EQ(event->exception, "");
}

TEST(CsmEvent, reads_an_attempt) {
  const auto event = parse_csm_event(kAttempt);
  ASSERT_TRUE(event);
  EXPECT_EQ(event->type, CsmEvent::Type::attempt);
  EXPECT_EQ(event->latency_ms, 50);
  EXPECT_EQ(event->host, "s3.eu-west-1.amazonaws.com");
  EXPECT_EQ(event->http_status, 503);
  EXPECT_EQ(event->request_id, "REQ1");
  EXPECT_EQ(event->extended_request_id, "ID2");
  EXPECT_EQ(event->exception, "SlowDown");
  EXPECT_EQ(event->exception_message, "Please reduce your request rate.");
  EXPECT_FALSE(event->sdk_exception);
}

TEST(CsmEvent, reads_the_request_id_under_either_name) {
  EXPECT_EQ(parse_csm_event(with(kAttempt, "XAmzRequestId", "XAmznRequestId"))->request_id, "REQ1");
}

TEST(CsmEvent, reads_the_phases_that_some_sdks_send) {
  const auto event = parse_csm_event(
      with(kAttempt, R"("HttpStatusCode":503)",
           R"("DnsLatency":1,"TcpLatency":2,"SslLatency":3,"DestinationIp":"192.0.2.1")"));
  ASSERT_TRUE(event);
  EXPECT_EQ(event->dns_ms, 1);
  EXPECT_EQ(event->connect_ms, 2);
  EXPECT_EQ(event->tls_ms, 3);
  EXPECT_EQ(event->destination_ip, "192.0.2.1");
  EXPECT_FALSE(event->http_status);
}

TEST(CsmEvent, tells_an_exception_of_the_sdk_from_an_answer_of_aws) {
  std::string text = with(kAttempt, R"("AwsException":)", R"("SdkException":)");
  text = with(text, "AwsExceptionMessage", "SdkExceptionMessage");
  const auto event = parse_csm_event(text);
  ASSERT_TRUE(event);
  EXPECT_TRUE(event->sdk_exception);
  EXPECT_EQ(event->exception, "SlowDown");
}

TEST(CsmEvent, takes_the_time_of_the_go_sdk_as_the_end) {
  const auto go = parse_csm_event(with(kCall, "Boto3/1.26.27", "APN/1.0 aws-sdk-go/1.55.5"));
  ASSERT_TRUE(go);
  EXPECT_EQ(go->end_ms(), 1767323045000);
  const auto go2 = parse_csm_event(with(kCall, "Boto3/1.26.27", "aws-sdk-go-v2/1.30.0"));
  EXPECT_EQ(go2->timestamp_ms, 1767323045000);
}

TEST(CsmEvent, has_no_place_for_credentials_even_in_messages) {
  const auto event = parse_csm_event(
      with(kAttempt, "Please reduce",
           "FwoGZXIvYXdzEXAMPLEtoken AKIAIOSFODNN7EXAMPLE x-amz-security-token:other rest"));
  ASSERT_TRUE(event);
  EXPECT_EQ(event->exception_message, "*** *** x-amz-security-token:*** rest your request rate.");
}

TEST(CsmEvent, scrubs_a_message_before_it_is_cut) {
  const std::string message = std::string(505, 'x') + " FwoGZXIvYXdzEXAMPLEtoken";
  const auto event = parse_csm_event(with(kAttempt, "Please reduce your request rate.", message));
  ASSERT_TRUE(event);
  EXPECT_EQ(event->exception_message, std::string(505, 'x') + " ***");
}

TEST(CsmEvent, cuts_long_texts) {
  std::string text = with(kAttempt, "Boto3/1.26.27", std::string(1000, 'u'));
  text = with(text, "Please", std::string(1000, 'm'));
  const auto event = parse_csm_event(text);
  ASSERT_TRUE(event);
  EXPECT_EQ(event->user_agent.size(), 256U);
  EXPECT_EQ(event->exception_message.size(), 512U);
}

TEST(CsmEvent, refuses_every_truncation) {
  for (std::size_t size = 0; size < kAttempt.size(); ++size) {
    EXPECT_FALSE(parse_csm_event(kAttempt.substr(0, size))) << size;
  }
}

TEST(CsmEvent, refuses_what_is_larger_than_16_kib) {
  const std::string text = with(kCall, "Boto3", std::string(kMaxDatagramBytes, 'u'));
  EXPECT_FALSE(parse_csm_event(text));
}

TEST(CsmEvent, refuses_nesting) {
  const std::string deep = std::string(8000, '[') + std::string(8000, ']');
  EXPECT_FALSE(parse_csm_event(deep));
  EXPECT_FALSE(parse_csm_event(with(kCall, R"("eu-west-1")", R"([[[[[1]]]]])")));
}

TEST(CsmEvent, refuses_other_json) {
  for (const char* text : {"", "null", "[]", "{}", "7", "\"text\"", R"({"Type":"ApiCall"})"}) {
    EXPECT_FALSE(parse_csm_event(text)) << text;
  }
}

TEST(CsmEvent, refuses_wrong_types_where_they_matter) {
  EXPECT_FALSE(parse_csm_event(with(kCall, R"("S3")", "3")));
  EXPECT_FALSE(parse_csm_event(with(kCall, R"("PutObject")", "null")));
  EXPECT_FALSE(parse_csm_event(with(kCall, R"("ApiCall")", R"("ApiCallX")")));
  EXPECT_FALSE(parse_csm_event(with(kCall, "1767323045000", R"("1767323045000")")));
  EXPECT_FALSE(parse_csm_event(with(kCall, R"("Latency":57)", R"("Latency":[])")));
  EXPECT_FALSE(parse_csm_event(with(kCall, R"("AttemptCount":2)", R"("AttemptCount":"2")")));
}

TEST(CsmEvent, refuses_times_and_counts_out_of_bounds) {
  for (const char* number : {"-1", "9223372036854775807", "-9223372036854775808", "1e300", "-1e300",
                             "18446744073709551615", "0.5"}) {
    EXPECT_FALSE(parse_csm_event(with(kCall, "1767323045000", number))) << number;
    EXPECT_FALSE(
        parse_csm_event(with(kCall, R"("Latency":57)", fmt::format(R"("Latency":{})", number))));
    EXPECT_FALSE(parse_csm_event(
        with(kCall, R"("AttemptCount":2)", fmt::format(R"("AttemptCount":{})", number))));
  }
}

TEST(CsmEvent, takes_an_impossible_status_as_none) {
  for (const char* status : {"0", "-1", "99999999999", "\"200\""}) {
    const auto event = parse_csm_event(with(kCall, R"("FinalHttpStatusCode":200)",
                                            fmt::format(R"("FinalHttpStatusCode":{})", status)));
    ASSERT_TRUE(event);
    EXPECT_FALSE(event->http_status);
  }
}

TEST(CsmEvent, refuses_names_that_could_harm_a_terminal_or_a_document) {
  EXPECT_FALSE(parse_csm_event(with(kCall, R"("S3")", R"("S3\u001b[31m")")));
  EXPECT_FALSE(parse_csm_event(with(kCall, R"("S3")", R"("")")));
  EXPECT_FALSE(parse_csm_event(
      with(kCall, R"("PutObject")", fmt::format(R"("{}")", std::string(129, 'a')))));
  EXPECT_TRUE(parse_csm_event(with(kCall, R"("S3")", R"("CloudWatch Logs")")));
}

TEST(CsmEvent, says_why_without_quoting_the_datagram) {
  const auto event = parse_csm_event(with(kAttempt, R"("Timestamp")", R"("Time)"));
  ASSERT_FALSE(event);
  EXPECT_EQ(event.error().message.find("FwoGZXIv"), std::string::npos);
}

}  // namespace
}  // namespace spawn::intake
