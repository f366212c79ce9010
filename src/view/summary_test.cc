// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
//
// What X-Ray's API tells is in map_golden_test.cc; here is what goes beyond it.
#include "view/summary.h"

#include <gtest/gtest.h>

#include "view/digest.h"
#include "view/test_trace.h"
#include "view/xray_json.h"
#include "xray/facts.h"

namespace spawn::view {
namespace {

TestTrace job() {
  TestTrace t;
  t.add(1, 0, "spored boot", 0, 900).service("spored").set("spawn.job_array_id", "sweep");
  t.add(2, 1, "S3.GetObject", 100, 700).service("spored").aws("GetObject", "R1");
  t.set("rpc.system", "aws-api").set("rpc.service", "S3").set("aws.s3.bucket", "inputs");
  t.status(503).error("SlowDown", "Please reduce your request rate.");
  t.add(3, 2, "attempt 1", 100, 200).service("spored").status(503).error("SlowDown", "");
  t.last().kind = trace::SpanKind::client;
  return t;
}

TraceSummary summary_of(TestTrace trace) {
  return summarize(trace.get().id, xray::facts_of(trace.get().spans));
}

std::string json(const TraceSummary& summary) {
  core::CharBuffer buffer;
  core::JsonWriter out(buffer);
  write_summary(summary, out);
  return std::string(buffer.view());
}

TEST(Summary, counts_spans_and_those_that_failed_but_no_attempts_of_them) {
  const TraceSummary summary = summary_of(job());
  EXPECT_EQ(summary.root_name, "spored boot");
  EXPECT_EQ(summary.spans, 3U);
  EXPECT_EQ(summary.errors, 1U);
}

TEST(Summary, spans_are_summarised_as_their_documents) {
  const TraceSummary summary = summary_of(job());
  ASSERT_EQ(summary.services.size(), 2U);
  EXPECT_EQ(summary.services[0].id.name, "spored");
  EXPECT_TRUE(summary.services[0].root);
  EXPECT_EQ(summary.services[1].id, (ServiceId{"inputs", "AWS::S3::Bucket", ""}));
  EXPECT_EQ(summary.services[1].alias, "S3");
  EXPECT_TRUE(summary.services[1].inferred);
  ASSERT_EQ(summary.visits.size(), 2U);
  EXPECT_EQ(summary.visits[1].caller, 0U);
  EXPECT_TRUE(summary.visits[1].own.throttle);
  EXPECT_EQ(summary.details[summary.visits[1].details].exceptions[0].type, "SlowDown");
  EXPECT_TRUE(summary.has_throttle);
  EXPECT_FALSE(summary.has_error);
}

TEST(Summary, a_trace_that_is_only_a_call_is_named_by_it) {
  TestTrace t;
  t.add(1, 0, "STS.GetCallerIdentity", 0, 50).aws("GetCallerIdentity", "R1");
  t.set("rpc.system", "aws-api").set("rpc.service", "STS");
  const TraceSummary summary = summary_of(std::move(t));
  EXPECT_EQ(summary.root_name, "STS.GetCallerIdentity");
  EXPECT_EQ(summary.spans, 1U);
}

TEST(Summary, is_told_the_same_once_it_was_read_from_x_rays_json) {
  constexpr std::string_view kTold =
      R"({"Id":"1-69573385-a1b2c3d4e5f60718293a4b5c","StartTime":1767323045.0,"Duration":1.5,)"
      R"("ResponseTime":0.5,"HasFault":true,"HasError":false,"HasThrottle":true,"IsPartial":true,)"
      R"("Http":{"HttpURL":"http://h/","HttpStatus":500,"HttpMethod":"GET","UserAgent":"curl",)"
      R"("ClientIp":"10.0.0.1"},"Annotations":{"n":[{"AnnotationValue":{"NumberValue":7.5},)"
      R"("ServiceIds":[{"Name":"api","Names":["api"],"AccountId":"1","Type":"AWS::EC2::Instance"}]},)"
      R"({"AnnotationValue":{"BooleanValue":true},"ServiceIds":[]}],)"
      R"("t":[{"AnnotationValue":{"StringValue":"x"},"ServiceIds":[]}]},"Users":[{"UserName":"ann",)"
      R"("ServiceIds":[{"Name":"in","Names":["in","S3"],"Type":"AWS::S3::Bucket"}]}],"ServiceIds":[)"
      R"({"Name":"api","Names":["api"],"AccountId":"1","Type":"AWS::EC2::Instance"},)"
      R"({"Name":"in","Names":["in","S3"],"Type":"AWS::S3::Bucket"}],"ResourceARNs":[{"ARN":"arn:a"}],)"
      R"("InstanceIds":[{"Id":"i-1"}],"AvailabilityZones":[{"Name":"eu-west-1a"}],)"
      R"("EntryPoint":{"Name":"api","Names":["api"],"AccountId":"1","Type":"AWS::EC2::Instance"}})";
  const auto summary = read_summary(*core::Json::parse(kTold));
  ASSERT_TRUE(summary);
  EXPECT_EQ(json(*summary), kTold);
  EXPECT_EQ(summary->services.size(), 2U);
}

TEST(Summary, of_x_rays_json_takes_members_of_another_type_for_absent) {
  const auto read = [](const char* text) { return read_summary(*core::Json::parse(text)); };
  EXPECT_FALSE(read(R"({"Id":"1-a-b"})"));
  EXPECT_FALSE(read("[]"));
  const auto summary = read(
      R"({"Id":"1-69573385-a1b2c3d4e5f60718293a4b5c","StartTime":"x","Duration":1e300,"Http":7,)"
      R"("HasFault":"yes","Annotations":{"a":7,"b":[7,{"AnnotationValue":{}}]},"Users":[7],)"
      R"("ServiceIds":{},"EntryPoint":[]})");
  ASSERT_TRUE(summary);
  EXPECT_EQ(summary->start_ns, 0x69573385LL * 1'000'000'000);  // by its id
  EXPECT_EQ(summary->duration_ns, 0);
  EXPECT_FALSE(summary->has_fault || summary->entry_point);
  EXPECT_TRUE(summary->annotations.empty() && summary->services.empty());
}

TEST(Summary, of_nothing_is_empty) {
  const TraceSummary summary = summarize({1, 2}, {});
  EXPECT_TRUE(summary.services.empty());
  EXPECT_FALSE(summary.entry_point.has_value());
}

TEST(Digest, gives_the_summary_again) {
  const TraceSummary summary = summary_of(job());
  const auto again = from_digest(to_digest(summary));
  ASSERT_TRUE(again.has_value());
  EXPECT_EQ(json(*again), json(summary));
  EXPECT_EQ(again->visits.size(), summary.visits.size());
  ASSERT_EQ(again->details.size(), 1U);
  EXPECT_EQ(again->details[0].exceptions[0].message, "Please reduce your request rate.");
  EXPECT_EQ(to_digest(*again), to_digest(summary));
}

TEST(Digest, refuses_what_is_damaged_or_of_another_version) {
  const std::string good = to_digest(summary_of(job()));
  for (std::size_t size = 0; size < good.size(); ++size) {
    EXPECT_FALSE(from_digest(good.substr(0, size)).has_value()) << size;
  }
  EXPECT_FALSE(from_digest(good + "x").has_value());
  std::string other = good;
  ++other[0];
  EXPECT_FALSE(from_digest(other).has_value());
}

TEST(Digest, whatever_comes_out_of_any_bytes_has_good_indices) {
  const std::string good = to_digest(summary_of(job()));
  for (std::size_t at = 4; at < good.size(); ++at) {
    std::string bytes = good;
    bytes[at] = static_cast<char>(bytes[at] ^ 0x15);
    const auto summary = from_digest(bytes);
    EXPECT_TRUE(!summary || !json(*summary).empty());
  }
}

}  // namespace
}  // namespace spawn::view
