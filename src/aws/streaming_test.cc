// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
//
// Streamed bodies through the whole traced stack.
#include <gtest/gtest.h>

#include "aws/services/s3.h"
#include "aws/sigv4.h"
#include "aws/stack.h"
#include "aws/test_support.h"

namespace spawn::aws {
namespace {

using namespace std::chrono_literals;
using core::Code;

// A pipe: what was written is gone.
class OneWaySink final : public http::BodySink {
 public:
  core::Status write(std::string_view bytes) override {
    text += bytes;
    return core::ok();
  }
  bool restart() override { return false; }
  std::string text;
};

class StreamingTest : public ::testing::Test {
 protected:
  void break_off_after(const char* beginning) {
    http_.answer_with([=](const http::Request& request) -> core::Result<http::Reply> {
      EXPECT_TRUE(request.body_sink->write(beginning));
      return core::fail(Code::unavailable, "http://h: the connection broke");
    });
  }
  auto get(http::BodySink& sink, core::Deadline deadline = core::Deadline::never()) {
    return s3::get_object(*caller_, local_, {"bucket", "key"}, sink, deadline);
  }
  auto put(const Endpoint& endpoint, std::string_view text) {
    http::MemorySource body(text);
    return s3::put_object(*caller_, endpoint, {{"bucket", "key"}, "", {}}, body,
                          core::Deadline::never());
  }
  [[nodiscard]] std::string_view sent(const char* header, std::size_t request = 0) const {
    return http::header(http_.requests().at(request).headers, header);
  }

  TestTracing tracing_;
  testing::ScriptedHttp http_;
  FixedCredentials credentials_;
  std::unique_ptr<Caller> caller_ = make_traced_stack(
      {http_, credentials_, tracing_.clock, tracing_.rng, RetryPolicy{}}, tracing_.tracer);
  Endpoint aws_{*core::Url::parse("https://s3.us-east-1.amazonaws.com"), "us-east-1"};
  Endpoint local_{*core::Url::parse("http://127.0.0.1:5000"), "us-east-1"};
};

TEST_F(StreamingTest, a_source_is_hashed_first_unless_tls_protects_it) {
  http_.answer(200);
  http_.answer(200);
  ASSERT_TRUE(put(local_, "hello"));
  EXPECT_EQ(sent("x-amz-content-sha256"), sigv4::sha256_hex("hello"));
  EXPECT_EQ(http_.requests().at(0).body, "hello");
  ASSERT_TRUE(put(aws_, "hello"));
  EXPECT_EQ(sent("x-amz-content-sha256", 1), "UNSIGNED-PAYLOAD");
  EXPECT_EQ(http_.requests().at(1).body, "hello");
}

TEST_F(StreamingTest, a_source_is_sent_from_its_beginning_with_every_attempt) {
  http_.answer(503);
  http_.answer(200, "", {{"ETag", "\"e\""}});
  const auto etag = put(local_, "hello");
  ASSERT_TRUE(etag) << etag.error().message;
  EXPECT_EQ(*etag, "\"e\"");
  EXPECT_EQ(http_.requests().at(1).body, "hello");
  EXPECT_EQ(tracing_.log.only("S3.PutObject").text("http.request.body.size"), "5");
  EXPECT_EQ(tracing_.log.only("attempt 2").text("http.request.body.size"), "5");
}

TEST_F(StreamingTest, a_body_that_breaks_off_is_fetched_again_from_scratch) {
  break_off_after("hel");
  http_.answer(200, "hello");
  http::MemorySink sink;
  const auto info = get(sink);
  ASSERT_TRUE(info) << info.error().message;
  EXPECT_EQ(sink.text(), "hello");
  EXPECT_EQ(info->size, 5U);
  const auto call = tracing_.log.only("S3.GetObject");
  EXPECT_EQ(call.text("http.response.body.size"), "5");
  EXPECT_EQ(call.text("error"), "false");
  EXPECT_EQ(call.text("spawn.aws.attempts"), "2");
  const auto broken = tracing_.log.only("attempt 1");
  EXPECT_EQ(broken.text("http.response.body.size"), "3");
  EXPECT_EQ(broken.status, trace::StatusCode::error);
}

TEST_F(StreamingTest, a_sink_that_cannot_begin_anew_gets_nothing_twice) {
  break_off_after("hel");
  http_.answer(200, "hello");
  OneWaySink sink;
  const auto info = get(sink);
  ASSERT_FALSE(info);
  EXPECT_EQ(info.error().code, Code::unavailable);
  EXPECT_EQ(sink.text, "hel");
  EXPECT_EQ(http_.requests().size(), 1U);
}

TEST_F(StreamingTest, before_the_first_byte_any_sink_may_be_tried_again) {
  http_.fail({Code::unavailable, "http://h: connection refused"});
  http_.answer(503, "not for the sink");
  http_.answer(200, "hello");
  OneWaySink sink;
  ASSERT_TRUE(get(sink));
  EXPECT_EQ(sink.text, "hello");
}

TEST_F(StreamingTest, a_stream_may_take_until_the_deadline) {
  core::Nanos streamed{};
  core::Nanos ordinary{};
  http_.answer_with([&](const http::Request& request) -> core::Result<http::Reply> {
    streamed = request.total_timeout;
    return http::Reply{200, {}, "x", {}, {}};
  });
  http_.answer_with([&](const http::Request& request) -> core::Result<http::Reply> {
    ordinary = request.total_timeout;
    return http::Reply{200, {}, "", {}, {}};
  });
  const auto deadline = core::Deadline::after(tracing_.clock, 3h);
  http::MemorySink sink;
  ASSERT_TRUE(get(sink, deadline));
  EXPECT_EQ(streamed, 3h);
  ASSERT_TRUE(s3::head_object(*caller_, local_, {"bucket", "key"}, deadline));
  EXPECT_EQ(ordinary, 60s);
}

TEST_F(StreamingTest, an_error_in_a_good_reply_is_a_failure_that_may_be_tried_again) {
  http_.answer(200,
               "<?xml version=\"1.0\"?>\n\n  <Error><Code>InternalError</Code>"
               "<Message>try again</Message></Error>",
               {{"x-amz-request-id", "r-1"}});
  http_.answer(200, "<ListBucketResult><IsTruncated>false</IsTruncated></ListBucketResult>");
  const auto page =
      s3::list_objects_v2(*caller_, local_, {"bucket", "", "", 0, "", ""}, core::Deadline::never());
  ASSERT_TRUE(page) << page.error().message;
  const auto failed = tracing_.log.only("attempt 1");
  EXPECT_EQ(failed.text("error.type"), "InternalError");
  EXPECT_EQ(failed.text("aws.request_id"), "r-1");
  EXPECT_EQ(failed.text("http.response.status_code"), "200");
}

}  // namespace
}  // namespace spawn::aws
