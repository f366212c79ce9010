// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
#include "xray/sink.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "aws/stack.h"
#include "aws/test_support.h"
#include "testing/fake_aws.h"
#include "testing/fakes.h"
#include "xray/source.h"
#include "xray/test_records.h"

namespace spawn::xray {
namespace {

using ::testing::HasSubstr;
using ::testing::SizeIs;

class XRaySinkTest : public ::testing::Test {
 protected:
  std::vector<trace::SpanRecord> spans(std::size_t count) {
    std::vector<trace::SpanRecord> batch;
    for (std::size_t i = 0; i < count; ++i) {
      batch.push_back(put_object(resource_));
      batch.back().span_id = {100 + i};
    }
    return batch;
  }
  trace::WriteReport write(const std::vector<trace::SpanRecord>& batch) {
    return sink_.write(batch, core::Deadline::after(clock_, std::chrono::seconds(30)));
  }
  std::size_t puts() const { return aws_.seen().size(); }

  testing::FakeClock clock_;
  testing::FakeRng rng_;
  testing::FakeAws aws_{clock_};
  aws::FixedCredentials credentials_;
  std::unique_ptr<aws::Caller> stack_ =
      aws::make_plain_stack({aws_, credentials_, clock_, rng_, aws::RetryPolicy{}});
  aws::Endpoint endpoint_{*core::Url::parse("http://xray.test"), "eu-west-1"};
  trace::Resource resource_ = spawn_resource();
  XRaySink sink_{*stack_, endpoint_};
};

TEST_F(XRaySinkTest, delivers_a_batch_in_one_call) {
  const trace::WriteReport report = write(spans(3));
  EXPECT_EQ(report.delivered, 3U);
  EXPECT_EQ(report.lost, 0U);
  EXPECT_THAT(aws_.documents(), SizeIs(3));
}

TEST_F(XRaySinkTest, sends_at_most_50_documents_a_call) {
  EXPECT_EQ(write(spans(120)).delivered, 120U);
  EXPECT_EQ(puts(), 3U);
}

TEST_F(XRaySinkTest, names_the_span_that_x_ray_refused_and_why) {
  auto batch = spans(2);
  batch[1].trace_id = {};
  const trace::WriteReport report = write(batch);
  EXPECT_EQ(report.delivered, 1U);
  EXPECT_EQ(report.lost, 1U);
  EXPECT_THAT(report.reason, HasSubstr("S3.PutObject"));
}

TEST_F(XRaySinkTest, tries_again_when_it_is_throttled) {
  aws_.inject("xray", {testing::Fault::Kind::status, 1, 429, {}});
  EXPECT_EQ(write(spans(1)).delivered, 1U);
  EXPECT_EQ(puts(), 2U);
}

TEST_F(XRaySinkTest, tells_why_nothing_was_delivered) {
  aws_.inject("xray", {testing::Fault::Kind::status, 9, 403, {}});
  const trace::WriteReport report = write(spans(2));
  EXPECT_EQ(report.lost, 2U);
  EXPECT_THAT(report.reason, HasSubstr("PutTraceSegments"));
}

TEST_F(XRaySinkTest, does_not_take_garbage_for_an_answer) {
  aws_.inject("xray", {testing::Fault::Kind::garbage, 9, 200, {}});
  EXPECT_EQ(write(spans(2)).lost, 2U);
}

TEST_F(XRaySinkTest, what_was_written_is_read_back_whole) {
  auto batch = spans(1);
  batch[0].set("answer", 42);
  batch[0].add_event("checkpoint", batch[0].start_ns + 1000);
  batch[0].set_status(trace::StatusCode::error, "it broke");
  ASSERT_EQ(write(batch).delivered, 1U);
  XRaySource source(*stack_, endpoint_);
  const auto trace = source.get(batch[0].trace_id);
  ASSERT_TRUE(trace) << trace.error().message;
  ASSERT_THAT(trace->spans, SizeIs(1));
  const trace::SpanRecord& back = trace->spans[0];
  EXPECT_EQ(back.name(), "S3.PutObject");
  EXPECT_EQ(back.kind, trace::SpanKind::client);
  EXPECT_EQ(back.span_id, batch[0].span_id);
  EXPECT_EQ(back.parent_id, batch[0].parent_id);
  EXPECT_EQ(back.start_ns, batch[0].start_ns);
  EXPECT_EQ(back.end_ns, batch[0].end_ns);
  EXPECT_EQ(back.status_message(), "it broke");
  EXPECT_EQ(back.text("aws.request_id"), "REQ1");
  ASSERT_TRUE(back.find("answer"));
  EXPECT_EQ(back.find("answer")->integer(), 42);
  EXPECT_EQ(back.event_count(), 1U);
}

TEST_F(XRaySinkTest, an_unknown_trace_is_not_found) {
  XRaySource source(*stack_, endpoint_);
  const auto trace = source.get({7, 7});
  ASSERT_FALSE(trace);
  EXPECT_EQ(trace.error().code, core::Code::not_found);
}

}  // namespace
}  // namespace spawn::xray
