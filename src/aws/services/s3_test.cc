// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
#include "aws/services/s3.h"

#include <gtest/gtest.h>

#include "aws/test_support.h"
#include "telemetry/current.h"
#include "trace/attributes.h"

namespace spawn::aws::s3 {
namespace {

const Endpoint kLocal{*core::Url::parse("http://127.0.0.1:5000"), "eu-west-1"};
const Endpoint kAws{*core::Url::parse("https://s3.eu-west-1.amazonaws.com"), "eu-west-1"};
const core::Deadline kNever = core::Deadline::never();

class S3Test : public ::testing::Test {
 protected:
  std::string url_of(const Endpoint& endpoint, const std::string& bucket, const std::string& key) {
    const auto info = head_object(caller_, endpoint, {bucket, key}, kNever);
    return info ? caller_.calls.back().url.to_string() : info.error().message;
  }
  std::string put(const NewObject& object) {
    http::MemorySource body("data");
    const auto etag = put_object(caller_, kLocal, object, body, kNever);
    return etag ? *etag : etag.error().message;
  }
  [[nodiscard]] const Call& call() const { return caller_.calls.back(); }
  [[nodiscard]] std::string_view header(const char* name) const {
    return http::header(call().headers, name);
  }

  ScriptedCaller caller_;
};

TEST_F(S3Test, addresses_a_bucket_of_aws_as_a_host) {
  EXPECT_EQ(url_of(kAws, "my-bucket", "a/b"), "https://my-bucket.s3.eu-west-1.amazonaws.com/a/b");
  const Endpoint china{*core::Url::parse("https://s3.cn-north-1.amazonaws.com.cn"), "cn-north-1"};
  EXPECT_EQ(url_of(china, "bucket", "k"), "https://bucket.s3.cn-north-1.amazonaws.com.cn/k");
}

TEST_F(S3Test, addresses_by_path_what_can_be_no_host) {
  EXPECT_EQ(url_of(kAws, "my.bucket", "k"), "https://s3.eu-west-1.amazonaws.com/my.bucket/k");
  EXPECT_EQ(url_of(kAws, "Old_Bucket", "k"), "https://s3.eu-west-1.amazonaws.com/Old_Bucket/k");
  EXPECT_EQ(url_of(kLocal, "bucket", "k"), "http://127.0.0.1:5000/bucket/k");
  for (const char* elsewhere :
       {"https://minio.example.com", "https://10.0.0.1", "https://localhost",
        "http://s3.eu-west-1.amazonaws.com", "https://notamazonaws.com"}) {
    const Endpoint endpoint{*core::Url::parse(elsewhere), "eu-west-1"};
    EXPECT_EQ(url_of(endpoint, "bucket", "k"), std::string(elsewhere) + "/bucket/k");
  }
  const Endpoint base{*core::Url::parse("http://127.0.0.1:5000/base/"), "eu-west-1"};
  EXPECT_EQ(url_of(base, "bucket", "k"), "http://127.0.0.1:5000/base/bucket/k");
}

TEST_F(S3Test, encodes_keys_once_and_completely) {
  EXPECT_EQ(url_of(kLocal, "bucket", "a+b%2F(c) ~\xC3\xA9//../?#&="),
            "http://127.0.0.1:5000/bucket/a%2Bb%252F%28c%29%20~%C3%A9//../%3F%23%26%3D");
}

TEST_F(S3Test, refuses_names_that_would_address_something_else) {
  EXPECT_EQ(url_of(kLocal, "bucket", ""),
            "S3 HeadObject: expected the key of an object in bucket 'bucket'");
  for (const char* bucket : {"", "ab", "a/b", "..x", "bucket?x", "evil.com#"}) {
    EXPECT_NE(url_of(kLocal, bucket, "k").find("is no name of a bucket"), std::string::npos)
        << bucket;
  }
  EXPECT_TRUE(caller_.calls.empty());
}

TEST_F(S3Test, names_bucket_and_key_on_the_span) {
  url_of(kLocal, "bucket", "a b");
  ASSERT_EQ(call().attributes.size(), 2U);
  EXPECT_EQ(call().attributes[0].first, trace::key::kS3Bucket);
  EXPECT_EQ(std::get<std::string>(call().attributes[0].second), "bucket");
  EXPECT_EQ(call().attributes[1].first, trace::key::kS3Key);
  EXPECT_EQ(std::get<std::string>(call().attributes[1].second), "a b");
}

TEST_F(S3Test, reads_what_the_headers_tell_of_an_object) {
  caller_.answers.emplace_back(good_reply("", {{"Content-Length", "42"},
                                               {"ETag", "\"e\""},
                                               {"Last-Modified", "Fri, 02 Jan 2026 03:04:05 GMT"},
                                               {"Content-Type", "text/plain"},
                                               {"X-Amz-Meta-Some", "thing"}}));
  const auto info = head_object(caller_, kLocal, {"bucket", "k"}, kNever);
  ASSERT_TRUE(info) << info.error().message;
  EXPECT_EQ(call().method, "HEAD");
  EXPECT_EQ(info->size, 42U);
  EXPECT_EQ(info->etag, "\"e\"");
  EXPECT_EQ(info->last_modified, "Fri, 02 Jan 2026 03:04:05 GMT");
  EXPECT_EQ(info->content_type, "text/plain");
  EXPECT_EQ(info->metadata, (Metadata{{"some", "thing"}}));
}

TEST_F(S3Test, puts_with_content_type_and_metadata) {
  caller_.answers.emplace_back(good_reply("", {{"ETag", "\"e\""}}));
  EXPECT_EQ(put({{"bucket", "k"}, "text/plain", {{"some", "thing"}}}), "\"e\"");
  EXPECT_EQ(call().method, "PUT");
  EXPECT_EQ(header("content-type"), "text/plain");
  EXPECT_EQ(header("x-amz-meta-some"), "thing");
  EXPECT_EQ(header("x-amz-meta-traceparent"), "");
  EXPECT_EQ(call().body, "");
  ASSERT_NE(call().body_source, nullptr);
}

TEST_F(S3Test, carries_the_current_context_when_asked_to) {
  const trace::ContextExtras extras{"ot=th:8", "", ""};
  const trace::SpanContext span{{1, 2}, {3}, trace::kSampled, false};
  NewObject object{{"bucket", "k"}, "", {}};
  object.carries_context = true;
  {
    const telemetry::Scope scope({span, &extras, true});
    put(object);
    EXPECT_EQ(header("x-amz-meta-traceparent"),
              "00-00000000000000010000000000000002-0000000000000003-01");
    EXPECT_EQ(header("x-amz-meta-tracestate"), "ot=th:8");
  }
  put(object);
  EXPECT_EQ(header("x-amz-meta-traceparent"), "");
}

TEST_F(S3Test, refuses_metadata_that_no_header_can_hold) {
  for (const auto& [name, value] :
       Metadata{{"Upper", "x"}, {"a b", "x"}, {"", "x"}, {"a", "\xC3\xA9"}, {"b", "line\nbreak"}}) {
    EXPECT_NE(put({{"bucket", "k"}, "", {{name, value}}}).find("S3 PutObject: metadata"),
              std::string::npos)
        << name;
  }
  EXPECT_TRUE(caller_.calls.empty());
}

TEST_F(S3Test, lists_a_page_of_objects) {
  caller_.answers.emplace_back(good_reply(
      "<?xml version=\"1.0\" encoding=\"UTF-8\"?>"
      "<ListBucketResult xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\"><Name>bucket</Name>"
      "<EncodingType>url</EncodingType><IsTruncated>true</IsTruncated>"
      "<NextContinuationToken>n+/=</NextContinuationToken>"
      "<Contents><Key>a+b%2Bc%C3%A9</Key><LastModified>2026</LastModified><ETag>&quot;e&quot;"
      "</ETag><Size>5000000000</Size></Contents><Contents><Key>d</Key><Size>x</Size></Contents>"
      "<CommonPrefixes><Prefix>p+q/</Prefix></CommonPrefixes></ListBucketResult>"));
  const auto page = list_objects_v2(caller_, kLocal, {"bucket", "p q+", "/", 7, "s", "t+"}, kNever);
  ASSERT_TRUE(page) << page.error().message;
  EXPECT_EQ(call().url.to_string(),
            "http://127.0.0.1:5000/bucket?list-type=2&encoding-type=url&prefix=p%20q%2B"
            "&delimiter=%2F&max-keys=7&start-after=s&continuation-token=t%2B");
  ASSERT_EQ(page->objects.size(), 2U);
  EXPECT_EQ(page->objects[0].key, "a b+c\xC3\xA9");
  EXPECT_EQ(page->objects[0].size, 5'000'000'000U);
  EXPECT_EQ(page->objects[0].etag, "\"e\"");
  EXPECT_EQ(page->objects[0].last_modified, "2026");
  EXPECT_EQ(page->objects[1].size, 0U);
  EXPECT_EQ(page->common_prefixes, std::vector<std::string>{"p q/"});
  EXPECT_EQ(page->next_token, "n+/=");
}

TEST_F(S3Test, takes_keys_as_they_are_from_a_service_that_does_not_encode) {
  caller_.answers.emplace_back(
      good_reply("<ListBucketResult><Contents><Key>a+%20</Key></Contents></ListBucketResult>"));
  const auto page = list_objects_v2(caller_, kLocal, {"bucket", "", "", 0, "", ""}, kNever);
  ASSERT_TRUE(page);
  EXPECT_EQ(call().url.query, "list-type=2&encoding-type=url");
  EXPECT_EQ(page->objects.at(0).key, "a+%20");
  EXPECT_EQ(page->next_token, "");
}

}  // namespace
}  // namespace spawn::aws::s3
