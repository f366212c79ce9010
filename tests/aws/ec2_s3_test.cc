// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
//
// Our EC2, IAM and S3 beside boto3, before a stand-in with state, over the real transport.
// Started by tests/e2e/ec2_s3.sh, which fills the stand-in by boto3 before and looks at it
// afterwards; AWS_ENDPOINT_URL says where it is.
#include <gtest/gtest.h>
#include <sys/resource.h>

#include <algorithm>

#include "aws/paginator.h"
#include "aws/services/ec2_context.h"
#include "aws/services/ec2_waiters.h"
#include "aws/services/iam.h"
#include "aws/services/s3_upload.h"
#include "aws/sigv4.h"
#include "aws_test.h"
#include "trace/traceparent.h"

namespace spawn::aws {
namespace {

// The same ones as in ec2_s3.py.
const std::vector<std::string> kOddKeys = {
    "plus+key", "per%cent",  "per%2Fcent",        "(par)en",
    "til~de",   "a space",   "\xC3\xA9",          "\xE6\x97\xA5\xE6\x9C\xAC/\xC3\xBC",
    "a=b&c",    "#hash?q=1", "semi;colon:@,$!*'", "double//slash"};

class PeersTest : public AwsTest {
 protected:
  Endpoint iam_ = endpoint(iam::kService);
  Endpoint s3_ = endpoint(s3::kService);
};

TEST_F(PeersTest, an_instance_is_launched_with_its_context_and_waited_for) {
  telemetry::Span root = tracer_.start("launch");
  const telemetry::Scope scope(root.context());
  ec2::Tags tags = ec2::context_tags(root.context().span, nullptr);
  tags["Name"] = "a & <b> \xC3\xA9";
  const std::string id = launch(tags);
  ASSERT_NE(id, "");
  const std::vector<std::string> ids = {id};
  auto status = ec2::wait_until_running(*caller_, tracer_, ec2_, ids, soon());
  EXPECT_TRUE(status) << status.error().message;

  const auto page = ec2::describe_tags(*caller_, ec2_, {{{"resource-id", {id}}}, ""}, soon());
  ASSERT_TRUE(page) << page.error().message;
  EXPECT_EQ(page->by_resource.at(id), tags);
  const auto context = ec2::context_of(page->by_resource.at(id));
  ASSERT_TRUE(context);
  EXPECT_EQ(context->span.trace_id, root.context().span.trace_id);
  EXPECT_EQ(context->span.span_id, root.context().span.span_id);

  ASSERT_TRUE(ec2::terminate_instances(*caller_, ec2_, ids, soon()));
  status = ec2::wait_until_terminated(*caller_, tracer_, ec2_, ids, soon());
  EXPECT_TRUE(status) << status.error().message;
  status = ec2::wait_until_running(*caller_, tracer_, ec2_, ids, soon());
  EXPECT_FALSE(status);

  EXPECT_EQ(log_.only("EC2.RunInstances").text("spawn.instance_id"), id);
  const auto wait = log_.only("wait EC2.InstanceTerminated");
  EXPECT_EQ(wait.text("spawn.aws.polls"), "1");
  EXPECT_EQ(wait.parent_id, root.context().span.span_id);
}

TEST_F(PeersTest, what_an_instance_is_told_by_boto3_is_read) {
  ec2::DescribeInstances request;
  request.filters = {{"tag:made-by", {"boto3"}}};
  const auto page = ec2::describe_instances(*caller_, ec2_, request, soon());
  ASSERT_TRUE(page) << page.error().message;
  ASSERT_EQ(page->instances.size(), 1U);
  const ec2::Instance& instance = page->instances[0];
  EXPECT_EQ(instance.state, "running");
  EXPECT_EQ(instance.type, "t3.small");
  EXPECT_NE(instance.private_ip, "");
  EXPECT_TRUE(instance.availability_zone.starts_with("us-east-1"));
  EXPECT_EQ(instance.tags.at("Name"), "\xE6\x97\xA5\xE6\x9C\xAC <&> ok");
  const auto context = ec2::context_of(instance.tags);
  ASSERT_TRUE(context);
  EXPECT_EQ(trace::format_traceparent(context->span),
            "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01");
}

TEST_F(PeersTest, objects_of_odd_names_are_read_and_written) {
  for (const std::string& key : kOddKeys) {
    http::MemorySink sink;
    const auto info = s3::get_object(*caller_, s3_, {"lab", "boto3/odd/" + key}, sink, soon());
    ASSERT_TRUE(info) << key << ": " << info.error().message;
    EXPECT_EQ(sink.text(), key);
    EXPECT_EQ(info->size, key.size());
    http::MemorySource body(key);
    const auto etag =
        s3::put_object(*caller_, s3_, {{"lab", "ours/odd/" + key}, "", {}}, body, soon());
    ASSERT_TRUE(etag) << key << ": " << etag.error().message;
  }
  std::vector<std::string> listed;
  const auto status = for_each_page(
      tracer_, "S3.ListObjectsV2",
      [&](const std::string& token) {
        return s3::list_objects_v2(*caller_, s3_, {"lab", "ours/odd/", "", 5, "", token}, soon());
      },
      [&](const s3::ObjectPage& page) {
        for (const auto& object : page.objects) listed.push_back(object.key.substr(9));
      });
  ASSERT_TRUE(status) << status.error().message;
  auto wanted = kOddKeys;
  std::ranges::sort(wanted);
  EXPECT_EQ(listed, wanted);
  EXPECT_EQ(log_.only("pages S3.ListObjectsV2").text("spawn.aws.pages"), "3");
}

TEST_F(PeersTest, objects_are_listed_by_folder) {
  const auto page = s3::list_objects_v2(*caller_, s3_, {"lab", "boto3/", "/", 0, "", ""}, soon());
  ASSERT_TRUE(page) << page.error().message;
  EXPECT_EQ(page->common_prefixes, std::vector<std::string>{"boto3/odd/"});
  ASSERT_EQ(page->objects.size(), 1U);
  EXPECT_EQ(page->objects[0].key, "boto3/small");
  EXPECT_EQ(page->objects[0].size, 5U);
}

TEST_F(PeersTest, objects_carry_a_context_both_ways) {
  const auto info = s3::head_object(*caller_, s3_, {"lab", "boto3/small"}, soon());
  ASSERT_TRUE(info) << info.error().message;
  const auto context = extract(info->metadata);
  ASSERT_TRUE(context);
  EXPECT_EQ(trace::format_traceparent(context->span),
            "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01");

  telemetry::Span root = tracer_.start("upload");
  const telemetry::Scope scope(root.context());
  http::MemorySource body("with a context");
  s3::NewObject object{{"lab", "ours/context"}, "text/plain", {{"some", "thing  else"}}};
  object.carries_context = true;
  ASSERT_TRUE(s3::put_object(*caller_, s3_, object, body, soon()));
  const auto mine = s3::head_object(*caller_, s3_, object.name, soon());
  ASSERT_TRUE(mine);
  EXPECT_EQ(mine->content_type, "text/plain");
  const auto back = extract(mine->metadata);
  ASSERT_TRUE(back);
  EXPECT_EQ(back->span.span_id, root.context().span.span_id);
}

TEST_F(PeersTest, a_role_is_found_by_its_instance_profile) {
  const auto profile = iam::get_instance_profile(*caller_, iam_, "worker", soon());
  ASSERT_TRUE(profile) << profile.error().message;
  ASSERT_EQ(profile->roles.size(), 1U);
  const auto role = iam::get_role(*caller_, iam_, profile->roles[0].name, soon());
  ASSERT_TRUE(role);
  EXPECT_EQ(role->arn, profile->roles[0].arn);
  EXPECT_NE(role->trust_policy.find("ec2.amazonaws.com"), std::string::npos) << role->trust_policy;
}

// A sanitizer keeps freed memory for a while.
#if defined(SPAWN_SANITIZED)
constexpr bool kMemoryIsOurs = false;
#else
constexpr bool kMemoryIsOurs = true;
#endif

long peak_rss_kib() {
  rusage usage{};
  ::getrusage(RUSAGE_SELF, &usage);
  return usage.ru_maxrss;
}

std::string sha256_of_file(const std::string& path) {
  auto file = http::FileSource::open(path);
  return file ? *sigv4::sha256_hex(*file) : file.error().message;
}

// In a process of its own: the peak of memory never goes down. The file "large" is 40 MB.
class StreamingTest : public PeersTest {};

TEST_F(StreamingTest, a_large_file_goes_up_and_down_in_flat_memory) {
  ASSERT_TRUE(s3::head_object(*caller_, s3_, {"lab", "boto3/small"}, soon()));
  const long before = peak_rss_kib();
  const auto etag =
      s3::upload_file(*caller_, tracer_, s3_, {{"lab", "ours/large"}, "", {}}, "large", soon());
  ASSERT_TRUE(etag) << etag.error().message;
  const auto info = s3::download_file(*caller_, s3_, {"lab", "ours/large"}, "large.back", soon());
  ASSERT_TRUE(info) << info.error().message;
  const long growth = peak_rss_kib() - before;
  EXPECT_EQ(info->size, 40'000'000U);
  EXPECT_EQ(sha256_of_file("large.back"), sha256_of_file("large"));
  if (kMemoryIsOurs) {
    EXPECT_LT(growth, 4 * 1024) << "KiB of peak memory";
  }

  const auto upload = log_.only("upload S3.MultipartUpload");
  EXPECT_EQ(upload.text("http.request.body.size"), "40000000");
  const auto parts = named(log_.spans(), "S3.UploadPart");
  ASSERT_EQ(parts.size(), 3U);
  EXPECT_EQ(parts[0].text("http.request.body.size"), "16777216");
  EXPECT_EQ(parts[2].text("http.request.body.size"), "6445568");
  EXPECT_EQ(parts[2].text("aws.s3.part_number"), "3");
  EXPECT_NE(parts[2].text("aws.s3.upload_id"), "");
  EXPECT_EQ(parts[2].parent_id, upload.span_id);
  EXPECT_EQ(log_.only("S3.GetObject").text("http.response.body.size"), "40000000");
  std::printf("peak memory grew by %ld KiB\n", growth);
}

}  // namespace
}  // namespace spawn::aws
