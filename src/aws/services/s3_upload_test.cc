// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
#include "aws/services/s3_upload.h"

#include <gtest/gtest.h>

#include "aws/test_support.h"

namespace spawn::aws::s3 {
namespace {

constexpr std::size_t kPart = 16U << 20;

// Answers as S3 does, and adds up what comes.
class FakeUpload final : public Caller {
 public:
  Outcome call(const Call& call) override {
    calls.push_back(call.operation + " " + call.url.query);
    sizes.push_back(call.body_source == nullptr ? 0 : call.body_source->size());
    last = call;
    if (call.operation == "UploadPart") {
      part_attributes.clear();
      for (const auto& [key, value] : call.attributes) part_attributes.emplace_back(key);
    }
    if (call.operation == fails) {
      Failure failure;
      failure.error = {core::Code::permission_denied, "S3 " + call.operation + ": AccessDenied"};
      return tl::unexpected(failure);
    }
    if (call.operation == "CreateMultipartUpload") {
      return good_reply(
          "<InitiateMultipartUploadResult><UploadId>id+1</UploadId>"
          "</InitiateMultipartUploadResult>");
    }
    if (call.operation == "CompleteMultipartUpload") {
      return good_reply(
          "<CompleteMultipartUploadResult><ETag>\"whole\"</ETag>"
          "</CompleteMultipartUploadResult>");
    }
    if (call.body_sink != nullptr) {
      EXPECT_TRUE(call.body_sink->write("content"));
    }
    return good_reply("", {{"ETag", "\"e&" + std::to_string(calls.size()) + "\""}});
  }

  std::string fails;
  std::vector<std::string> calls;
  std::vector<std::uint64_t> sizes;
  std::vector<std::string> part_attributes;
  Call last;
};

class S3UploadTest : public ::testing::Test {
 protected:
  auto upload(const std::string& content) {
    const std::string path = folder_.write("file", content);
    return upload_file(caller_, tracing_.tracer, endpoint_, {{"bucket", "key"}, "text/plain", {}},
                       path, core::Deadline::never());
  }

  TestTracing tracing_;
  TemporaryFolder folder_;
  FakeUpload caller_;
  Endpoint endpoint_{*core::Url::parse("http://127.0.0.1:5000"), "eu-west-1"};
};

TEST_F(S3UploadTest, puts_a_small_file_whole) {
  const auto etag = upload(std::string(kPart, 'x'));
  ASSERT_TRUE(etag) << etag.error().message;
  EXPECT_EQ(caller_.calls, std::vector<std::string>{"PutObject "});
  EXPECT_EQ(caller_.sizes, std::vector<std::uint64_t>{kPart});
  EXPECT_TRUE(tracing_.log.spans().empty());
}

TEST_F(S3UploadTest, puts_a_large_file_in_parts_below_one_span) {
  const auto etag = upload(std::string(2 * kPart + 1, 'x'));
  ASSERT_TRUE(etag) << etag.error().message;
  EXPECT_EQ(*etag, "\"whole\"");
  EXPECT_EQ(caller_.calls, (std::vector<std::string>{"CreateMultipartUpload uploads",
                                                     "UploadPart partNumber=1&uploadId=id%2B1",
                                                     "UploadPart partNumber=2&uploadId=id%2B1",
                                                     "UploadPart partNumber=3&uploadId=id%2B1",
                                                     "CompleteMultipartUpload uploadId=id%2B1"}));
  EXPECT_EQ(caller_.sizes, (std::vector<std::uint64_t>{0, kPart, kPart, 1, 0}));
  EXPECT_EQ(caller_.last.body,
            "<CompleteMultipartUpload xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\">"
            "<Part><PartNumber>1</PartNumber><ETag>\"e&amp;2\"</ETag></Part>"
            "<Part><PartNumber>2</PartNumber><ETag>\"e&amp;3\"</ETag></Part>"
            "<Part><PartNumber>3</PartNumber><ETag>\"e&amp;4\"</ETag></Part>"
            "</CompleteMultipartUpload>");
  const auto span = tracing_.log.only("upload S3.MultipartUpload");
  EXPECT_EQ(span.status, trace::StatusCode::unset);
  EXPECT_EQ(span.text("aws.s3.key"), "key");
  EXPECT_EQ(span.text("http.request.body.size"), std::to_string(2 * kPart + 1));
}

TEST_F(S3UploadTest, leaves_no_parts_behind_when_it_fails) {
  for (const char* operation : {"UploadPart", "CompleteMultipartUpload"}) {
    caller_.fails = operation;
    const auto etag = upload(std::string(kPart + 1, 'x'));
    ASSERT_FALSE(etag);
    EXPECT_EQ(etag.error().code, core::Code::permission_denied);
    EXPECT_EQ(etag.error().message, "S3 " + caller_.fails + ": AccessDenied");
    EXPECT_EQ(caller_.calls.back(), "AbortMultipartUpload uploadId=id%2B1");
    EXPECT_EQ(caller_.last.method, "DELETE");
  }
  EXPECT_EQ(tracing_.log.spans().at(0).status, trace::StatusCode::error);
}

TEST_F(S3UploadTest, aborts_with_time_of_its_own_when_the_deadline_passed) {
  caller_.fails = "UploadPart";
  const std::string path = folder_.write("file", std::string(kPart + 1, 'x'));
  const auto deadline = core::Deadline::after(tracing_.clock, core::Nanos(0));
  ASSERT_FALSE(upload_file(caller_, tracing_.tracer, endpoint_, {{"bucket", "key"}, "", {}}, path,
                           deadline));
  EXPECT_EQ(caller_.last.operation, "AbortMultipartUpload");
  EXPECT_EQ(caller_.last.deadline.remaining(tracing_.clock), std::chrono::seconds(10));
}

TEST_F(S3UploadTest, has_nothing_to_abort_when_it_never_began) {
  caller_.fails = "CreateMultipartUpload";
  ASSERT_FALSE(upload(std::string(kPart + 1, 'x')));
  EXPECT_EQ(caller_.calls.size(), 1U);
}

TEST_F(S3UploadTest, tells_upload_and_part_on_the_spans) {
  ASSERT_TRUE(upload(std::string(kPart + 1, 'x')));
  EXPECT_EQ(caller_.part_attributes,
            (std::vector<std::string>{"aws.s3.bucket", "aws.s3.key", "aws.s3.upload_id",
                                      "aws.s3.part_number"}));
}

TEST_F(S3UploadTest, downloads_a_file_whole_or_not_at_all) {
  const std::string path = folder_.path() + "/down";
  const auto info =
      download_file(caller_, endpoint_, {"bucket", "key"}, path, core::Deadline::never());
  ASSERT_TRUE(info) << info.error().message;
  EXPECT_EQ(*core::read_file(path), "content");

  caller_.fails = "GetObject";
  folder_.write("down", "as it was");
  ASSERT_FALSE(download_file(caller_, endpoint_, {"bucket", "key"}, path, core::Deadline::never()));
  EXPECT_EQ(*core::read_file(path), "as it was");
}

}  // namespace
}  // namespace spawn::aws::s3
