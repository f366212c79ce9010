// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
//
// The whole traced stack, since a request that is sent elsewhere must be signed for there.
#include "aws/redirecting_caller.h"

#include <gtest/gtest.h>

#include "aws/services/s3.h"
#include "aws/stack.h"
#include "aws/test_support.h"

namespace spawn::aws {
namespace {

class RedirectTest : public ::testing::Test {
 protected:
  void moved(int status, const char* region) {
    http_.answer(status,
                 "<Error><Code>PermanentRedirect</Code><Message>elsewhere</Message></Error>",
                 {{"x-amz-bucket-region", region}, {"x-amz-request-id", "r-1"}});
  }
  auto head(const Endpoint& endpoint, const char* bucket = "bucket") {
    return s3::head_object(*caller_, endpoint, {bucket, "key"}, core::Deadline::never());
  }
  [[nodiscard]] std::string url(std::size_t request) const {
    return http_.requests().at(request).url;
  }
  [[nodiscard]] bool signed_for(const std::string& region, std::size_t request) const {
    const auto text = http::header(http_.requests().at(request).headers, "authorization");
    return text.find("/" + region + "/s3/aws4_request") != std::string_view::npos;
  }

  TestTracing tracing_;
  testing::ScriptedHttp http_;
  FixedCredentials credentials_;
  std::unique_ptr<Caller> caller_ = make_traced_stack(
      {http_, credentials_, tracing_.clock, tracing_.rng, RetryPolicy{}}, tracing_.tracer);
  Endpoint aws_{*core::Url::parse("https://s3.us-east-1.amazonaws.com"), "us-east-1"};
  Endpoint local_{*core::Url::parse("http://127.0.0.1:5000"), "us-east-1"};
};

TEST_F(RedirectTest, goes_where_the_bucket_is_and_remembers_it) {
  moved(301, "eu-west-1");
  http_.answer(200);
  http_.answer(200);
  ASSERT_TRUE(head(aws_));
  EXPECT_EQ(url(0), "https://bucket.s3.us-east-1.amazonaws.com/key");
  EXPECT_EQ(url(1), "https://bucket.s3.eu-west-1.amazonaws.com/key");
  EXPECT_TRUE(signed_for("us-east-1", 0));
  EXPECT_TRUE(signed_for("eu-west-1", 1));
  ASSERT_TRUE(head(aws_));
  EXPECT_EQ(url(2), url(1));
  EXPECT_TRUE(signed_for("eu-west-1", 2));
}

TEST_F(RedirectTest, keeps_it_one_call_in_the_trace_with_the_region_that_answered) {
  moved(400, "eu-west-1");
  http_.answer(200);
  ASSERT_TRUE(head(aws_));
  const auto span = tracing_.log.only("S3.HeadObject");
  EXPECT_EQ(span.text("aws.region"), "eu-west-1");
  EXPECT_EQ(span.text("cloud.region"), "eu-west-1");
  EXPECT_EQ(span.text("error"), "false");
  EXPECT_EQ(span.text("aws.s3.bucket"), "bucket");
  EXPECT_EQ(span.text("aws.s3.key"), "key");
  const auto spans = tracing_.log.spans();
  ASSERT_EQ(spans.size(), 3U);
  EXPECT_EQ(spans[0].text("error.type"), "PermanentRedirect");
  EXPECT_EQ(spans[0].text("aws.request_id"), "r-1");
}

TEST_F(RedirectTest, of_a_stand_in_changes_the_signature_only) {
  moved(301, "eu-west-1");
  http_.answer(200);
  ASSERT_TRUE(head(local_));
  EXPECT_EQ(url(1), "http://127.0.0.1:5000/bucket/key");
  EXPECT_TRUE(signed_for("eu-west-1", 1));
}

TEST_F(RedirectTest, is_followed_once) {
  moved(301, "eu-west-1");
  moved(301, "eu-west-2");
  const auto info = head(aws_);
  ASSERT_FALSE(info);
  EXPECT_EQ(info.error().message,
            "S3 HeadObject: PermanentRedirect: elsewhere (check the region and the endpoint)");
  EXPECT_EQ(http_.requests().size(), 2U);
}

TEST_F(RedirectTest, is_not_followed_to_the_same_place_or_to_no_region) {
  moved(400, "us-east-1");
  EXPECT_FALSE(head(aws_));
  moved(301, "evil.example.com/");
  EXPECT_FALSE(head(aws_));
  moved(403, "eu-west-1");
  EXPECT_FALSE(head(aws_));
  EXPECT_EQ(http_.requests().size(), 3U);
}

TEST_F(RedirectTest, is_known_by_bucket) {
  moved(301, "eu-west-1");
  http_.answer(200);
  http_.answer(200);
  ASSERT_TRUE(head(aws_));
  ASSERT_TRUE(head(aws_, "other"));
  EXPECT_EQ(url(2), "https://other.s3.us-east-1.amazonaws.com/key");
}

}  // namespace
}  // namespace spawn::aws
