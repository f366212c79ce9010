// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
#include "otlp/reply.h"

#include <gtest/gtest.h>

namespace spawn::otlp {
namespace {

using namespace std::chrono_literals;

http::Reply reply(std::string type, std::string body) {
  http::Reply reply;
  reply.status = 200;
  if (!type.empty()) reply.headers = {{"Content-Type", std::move(type)}};
  reply.body = std::move(body);
  return reply;
}

// partial_success { rejected_spans: 3, error_message: "no" }
const std::string kPartial("\x0a\x06\x08\x03\x12\x02no", 8);

TEST(OtlpReply, reads_a_partial_success_of_either_encoding) {
  for (const auto& given :
       {reply("application/x-protobuf", kPartial),
        reply("application/json; charset=utf-8",
              R"({"partialSuccess":{"rejectedSpans":"3","errorMessage":"no"}})"),
        reply("Application/JSON",
              R"({"partial_success":{"rejected_spans":3,"error_message":"no"}})")}) {
    const auto partial = read_success(given);
    ASSERT_TRUE(partial);
    EXPECT_EQ(partial->rejected_spans, 3);
    EXPECT_EQ(partial->message, "no");
  }
}

TEST(OtlpReply, takes_an_empty_body_for_a_whole_success) {
  for (const auto& given :
       {reply("", ""), reply("application/x-protobuf", ""), reply("application/json", "{}")}) {
    const auto partial = read_success(given);
    ASSERT_TRUE(partial);
    EXPECT_EQ(partial->rejected_spans, 0);
  }
}

TEST(OtlpReply, does_not_take_garbage_for_an_answer) {
  EXPECT_FALSE(read_success(reply("text/html", "<html>welcome</html>")));
  EXPECT_FALSE(read_success(reply("", "OK")));
  EXPECT_FALSE(read_success(reply("application/json", "[]")));
  EXPECT_FALSE(
      read_success(reply("application/json", R"({"partialSuccess":{"rejectedSpans":"x"}})")));
  EXPECT_FALSE(read_success(reply("application/x-protobuf", "\x0a\x7f")));
}

TEST(OtlpReply, reads_the_message_of_a_failure) {
  EXPECT_EQ(read_failure(reply("application/json", R"({"code":3,"message":"bad span"})")),
            "bad span");
  EXPECT_EQ(read_failure(reply("application/x-protobuf", std::string("\x08\x03\x12\x03"
                                                                     "bad",
                                                                     7))),
            "bad");
  EXPECT_EQ(read_failure(reply("text/html", "<html>")), "");
  EXPECT_EQ(read_failure(reply("application/x-protobuf", "\xff")), "");
}

TEST(OtlpReply, reads_what_it_writes) {
  for (const bool json : {false, true}) {
    const std::string type = json ? "application/json" : "application/x-protobuf";
    const auto partial = read_success(reply(type, write_success({3, "no"}, json)));
    ASSERT_TRUE(partial);
    EXPECT_EQ(partial->rejected_spans, 3);
    EXPECT_EQ(partial->message, "no");
    EXPECT_EQ(write_success({}, json), json ? "{}" : "");
    EXPECT_EQ(read_failure(reply(type, write_failure(3, "bad", json))), "bad");
  }
}

TEST(RetryAfter, reads_seconds_and_dates) {
  constexpr std::int64_t kNow = 1'767'323'045'000'000'000;  // 2026-01-02T03:04:05Z
  const auto after = [](const char* text) { return retry_after({{"Retry-After", text}}, kNow); };
  EXPECT_EQ(after("3"), core::Nanos(3s));
  EXPECT_EQ(after("0"), core::Nanos(0s));
  EXPECT_EQ(after("-5"), core::Nanos(0s));
  EXPECT_EQ(after("Fri, 02 Jan 2026 03:04:15 GMT"), core::Nanos(10s));
  EXPECT_EQ(after("Thu, 01 Jan 2026 00:00:00 GMT"), core::Nanos(0s));
  EXPECT_EQ(after("99999999999999"), core::Nanos(24h));
  EXPECT_EQ(after("soon"), std::nullopt);
  EXPECT_EQ(retry_after({}, kNow), std::nullopt);
}

}  // namespace
}  // namespace spawn::otlp
