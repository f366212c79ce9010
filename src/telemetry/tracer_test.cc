// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
#include "telemetry/tracer.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <vector>

#include "testing/fakes.h"

namespace spawn::telemetry {
namespace {

using ::testing::ElementsAre;
using ::testing::SizeIs;

class KeepingQueue final : public Queue {
 public:
  void push(trace::SpanRecord& record) noexcept override { spans.emplace_back(record); }
  std::vector<testing::OwnedSpan> spans;
};

class TracerTest : public ::testing::Test {
 protected:
  Tracer tracer_at(trace::Rate rate) { return Tracer(&queue_, rate, resource_, clock_, rng_); }

  KeepingQueue queue_;
  trace::Resource resource_;
  testing::FakeClock clock_;
  testing::FakeRng rng_;
};

TEST_F(TracerTest, records_a_root_span_with_times_from_the_clock) {
  Tracer tracer = tracer_at(trace::Rate::always());
  {
    Span span = tracer.start("S3.PutObject", trace::SpanKind::client);
    clock_.advance(std::chrono::milliseconds(30));
    span.set("aws.service", "s3");
  }
  ASSERT_THAT(queue_.spans, SizeIs(1));
  const auto& span = queue_.spans[0];
  EXPECT_EQ(span.name, "S3.PutObject");
  EXPECT_EQ(span.kind, trace::SpanKind::client);
  EXPECT_FALSE(span.parent_id.valid());
  EXPECT_EQ(span.end_ns - span.start_ns, 30'000'000);
  EXPECT_EQ(span.text("aws.service"), "s3");
}

TEST_F(TracerTest, keeps_the_duration_when_the_wall_clock_is_set_back) {
  Tracer tracer = tracer_at(trace::Rate::always());
  {
    Span span = tracer.start("long");
    clock_.advance(std::chrono::seconds(2));
    clock_.step_wall(-std::chrono::hours(1));
  }
  EXPECT_EQ(queue_.spans.at(0).end_ns - queue_.spans.at(0).start_ns, 2'000'000'000);
}

TEST_F(TracerTest, makes_x_ray_shaped_trace_ids) {
  Tracer tracer = tracer_at(trace::Rate::always());
  Span span = tracer.start("root");
  const trace::TraceId id = span.context().span.trace_id;
  EXPECT_EQ(id.high >> 32, static_cast<std::uint64_t>(testing::FakeClock::kStart / 1'000'000'000));
  EXPECT_EQ(span.context().span.flags, trace::kSampled | trace::kRandom);
}

TEST_F(TracerTest, makes_a_child_of_the_current_context) {
  Tracer tracer = tracer_at(trace::Rate::always());
  {
    Span root = tracer.start("root");
    const Scope scope(root.context());
    const Span child = tracer.start("child");
    EXPECT_TRUE(child.recording());
  }
  ASSERT_THAT(queue_.spans, SizeIs(2));
  const auto &child = queue_.spans[0], &root = queue_.spans[1];
  EXPECT_EQ(child.trace_id, root.trace_id);
  EXPECT_EQ(child.parent_id, root.span_id);
  EXPECT_NE(child.span_id, root.span_id);
  EXPECT_FALSE(child.parent_remote);
}

TEST_F(TracerTest, restores_the_context_when_a_scope_ends) {
  Tracer tracer = tracer_at(trace::Rate::always());
  Span root = tracer.start("root");
  {
    const Scope scope(root.context());
    EXPECT_TRUE(current().decided);
  }
  EXPECT_FALSE(current().decided);
}

// Keeps every second root.
class EverySecond final : public trace::RootSampler {
 public:
  bool keeps(std::string_view name, trace::SpanKind, std::uint64_t) override {
    asked.emplace_back(name);
    return asked.size() % 2 == 0;
  }
  [[nodiscard]] std::string state() const override { return "every second"; }
  std::vector<std::string> asked;
};

TEST_F(TracerTest, asks_who_decides_about_roots_and_about_nothing_else) {
  EverySecond sampler;
  Tracer tracer(&queue_, trace::Sampling(sampler), resource_, clock_, rng_);
  for (const char* name : {"first", "second"}) {
    Span root = tracer.start(name);
    const Scope scope(root.context());
    const Span child = tracer.start("child");
    EXPECT_EQ(child.recording(), root.recording());
  }
  EXPECT_THAT(sampler.asked, ElementsAre("first", "second"));
  ASSERT_THAT(queue_.spans, SizeIs(2));
  EXPECT_EQ(queue_.spans[1].name, "second");
}

TEST_F(TracerTest, announces_no_probability_that_it_does_not_know) {
  EverySecond sampler;
  Tracer tracer(&queue_, trace::Sampling(sampler), resource_, clock_, rng_);
  (void)tracer.start("left out");
  Span root = tracer.start("kept");
  EXPECT_EQ(root.context().extras->tracestate, "");
  EXPECT_TRUE(root.context().span.trace_id.valid());
}

TEST_F(TracerTest, records_nothing_at_rate_zero_below_an_unsampled_root_too) {
  Tracer tracer = tracer_at(trace::Rate::never());
  Span root = tracer.start("root");
  EXPECT_FALSE(root.recording());
  const Scope scope(root.context());
  Tracer eager = tracer_at(trace::Rate::always());
  const Span child = eager.start("child");
  EXPECT_FALSE(child.recording());
  EXPECT_THAT(queue_.spans, SizeIs(0));
}

TEST_F(TracerTest, makes_the_ids_of_an_unsampled_root_when_they_are_asked_for) {
  Tracer tracer = tracer_at(trace::Rate::never());
  Span root = tracer.start("root");
  const trace::SpanContext first = root.context().span;
  EXPECT_TRUE(first.valid());
  EXPECT_FALSE(first.sampled());
  EXPECT_EQ(root.context().span, first);
}

TEST_F(TracerTest, decides_on_the_low_56_bits_that_end_up_in_the_trace_id) {
  Tracer tracer = tracer_at(*trace::Rate::from(0.25));
  int sampled = 0;
  for (int i = 0; i < 4000; ++i) {
    Span span = tracer.start("root");
    EXPECT_EQ(span.recording(), tracer.rate().keeps(span.context().span.trace_id));
    sampled += span.recording() ? 1 : 0;
  }
  EXPECT_NEAR(sampled, 1000, 120);
}

TEST_F(TracerTest, writes_its_threshold_into_the_tracestate_of_its_roots) {
  Tracer tracer = tracer_at(trace::Rate::always());
  Span root = tracer.start("root");
  ASSERT_NE(root.context().extras, nullptr);
  EXPECT_EQ(root.context().extras->tracestate, "ot=th:0");
}

TEST_F(TracerTest, obeys_a_remote_parents_flag_whatever_its_own_rate) {
  Tracer never = tracer_at(trace::Rate::never());
  Tracer always = tracer_at(trace::Rate::always());
  trace::SpanContext parent{{7, 8}, {9}, trace::kSampled, true};
  {
    const Span followed = never.start_child_of(parent, nullptr, "followed");
    EXPECT_TRUE(followed.recording());
  }
  ASSERT_THAT(queue_.spans, SizeIs(1));
  EXPECT_TRUE(queue_.spans[0].parent_remote);
  EXPECT_EQ(queue_.spans[0].parent_id, parent.span_id);

  parent.flags = 0;
  Span left_out = always.start_child_of(parent, nullptr, "left out");
  EXPECT_FALSE(left_out.recording());
  EXPECT_EQ(left_out.context().span, parent);
}

TEST_F(TracerTest, ends_a_span_once) {
  Tracer tracer = tracer_at(trace::Rate::always());
  {
    Span span = tracer.start("once");
    span.end();
    span.set("late", "ignored");
    span.end();
  }
  ASSERT_THAT(queue_.spans, SizeIs(1));
  EXPECT_EQ(queue_.spans[0].attributes.count("late"), 0U);
}

TEST_F(TracerTest, does_nothing_without_a_queue) {
  Tracer tracer(nullptr, trace::Rate::always(), resource_, clock_, rng_);
  EXPECT_FALSE(tracer.enabled());
  Span span = tracer.start("root");
  EXPECT_FALSE(span.recording());
  EXPECT_EQ(span.record(), nullptr);
}

TEST_F(TracerTest, hands_over_a_span_that_was_made_elsewhere_with_its_own_resource) {
  Tracer tracer = tracer_at(trace::Rate::always());
  trace::SpanRecord record;
  record.set_name("S3.GetObject");
  tracer.record(std::move(record));
  EXPECT_EQ(queue_.spans.at(0).name, "S3.GetObject");
}

}  // namespace
}  // namespace spawn::telemetry
