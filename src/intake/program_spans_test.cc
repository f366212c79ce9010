// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
#include "intake/program_spans.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <optional>
#include <string>

#include "telemetry/queue.h"
#include "testing/fakes.h"

namespace spawn::intake {
namespace {

using spawn::testing::FakeClock;
using spawn::testing::FakeRng;
using spawn::testing::OwnedSpan;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

constexpr std::int64_t kSecond = 1'000'000'000;
constexpr trace::TraceId kRun{1, 2};
constexpr trace::TraceId kOther{0x65f0a1b2c3d4e5f6U, 7};
constexpr trace::TraceId kThird{0x65f0a1b2c3d4e5f6U, 8};

struct KeepingQueue final : telemetry::Queue {
  void push(trace::SpanRecord& record) noexcept override { spans.emplace_back(record); }
  std::vector<OwnedSpan> spans;
};

class ProgramSpansTest : public ::testing::Test {
 protected:
  // Ids are small numbers, the name is the span's id. Parent 0: a root.
  trace::SpanRecord span(const trace::TraceId& trace, std::uint64_t id, std::uint64_t parent,
                         trace::SpanKind kind = trace::SpanKind::internal,
                         bool parent_remote = false) {
    trace::SpanRecord record;
    record.trace_id = trace;
    record.span_id = {id};
    record.parent_id = {parent};
    record.parent_remote = parent_remote;
    record.kind = kind;
    record.start_ns = 1;
    record.end_ns = 2;
    record.resource = &shop_;
    record.set_name(std::to_string(id));
    return record;
  }
  template <typename... Span>
  void take(Span... span) {
    std::vector<trace::SpanRecord> spans;
    (spans.push_back(std::move(span)), ...);
    programs_->take(spans, "otlp", now_);
  }
  void pass(std::int64_t seconds) {
    now_ += seconds * kSecond;
    programs_->expire(now_);
  }
  [[nodiscard]] std::vector<std::string> names() const {
    std::vector<std::string> out;
    for (const OwnedSpan& each : queue_.spans) out.push_back(each.name);
    return out;
  }
  const OwnedSpan& got(const std::string& name) {
    for (const OwnedSpan& each : queue_.spans) {
      if (each.name == name) return each;
    }
    ADD_FAILURE() << name << " was not handed over";
    return queue_.spans.at(0);
  }

  FakeClock clock_;
  FakeRng rng_;
  KeepingQueue queue_;
  trace::Resource own_{{{"service.name", std::string("spored")}}};
  trace::Resource shop_{{{"service.name", std::string("shop")}}};
  telemetry::Tracer tracer_{&queue_, trace::Rate::always(), own_, clock_, rng_};
  trace::SpanContext run_{kRun, {99}, trace::kSampled, false};
  std::optional<ProgramSpans> programs_{std::in_place, tracer_, run_};
  std::int64_t now_ = 1000 * kSecond;
};

TEST_F(ProgramSpansTest, a_program_that_took_its_parent_from_the_environment_stays_as_it_is) {
  take(span(kRun, 5, 99), span(kRun, 6, 5));
  EXPECT_EQ(got("5").trace_id, kRun);
  EXPECT_EQ(got("5").parent_id.value, 99U);
  EXPECT_TRUE(got("5").parent_remote) << "the parent is our process's";
  EXPECT_EQ(got("6").parent_id.value, 5U);
  EXPECT_FALSE(got("6").parent_remote);
  EXPECT_FALSE(got("5").attributes.contains("spawn.original_trace_id"));
  EXPECT_EQ(got("5").text("spawn.source"), "otlp");
}

TEST_F(ProgramSpansTest, a_trace_that_a_program_began_becomes_part_of_the_runs) {
  take(span(kOther, 6, 5), span(kOther, 5, 0));
  EXPECT_EQ(got("5").trace_id, kRun);
  EXPECT_EQ(got("5").parent_id.value, 99U);
  EXPECT_TRUE(got("5").parent_remote);
  EXPECT_EQ(got("6").trace_id, kRun);
  EXPECT_EQ(got("6").parent_id.value, 5U);
  EXPECT_EQ(got("6").text("spawn.original_trace_id"), kOther.hex());
  EXPECT_EQ(got("6").flags & trace::kSampled, trace::kSampled);
}

TEST_F(ProgramSpansTest, the_root_of_the_runs_own_trace_is_the_run) {
  take(span(kRun, 5, 0));
  EXPECT_EQ(got("5").parent_id.value, 99U);
  EXPECT_TRUE(got("5").parent_remote);
}

TEST_F(ProgramSpansTest, children_wait_for_their_root_and_come_in_order) {
  take(span(kOther, 7, 6), span(kOther, 6, 5));
  pass(9);
  EXPECT_THAT(names(), IsEmpty());
  EXPECT_TRUE(programs_->waiting());
  take(span(kOther, 5, 0));
  EXPECT_THAT(names(), ElementsAre("7", "6", "5"));
  EXPECT_FALSE(programs_->waiting());
}

TEST_F(ProgramSpansTest, each_trace_has_its_own_time) {
  take(span(kOther, 6, 5));
  pass(5);
  take(span(kThird, 7, 6, trace::SpanKind::server, true));
  pass(5);
  EXPECT_THAT(names(), ElementsAre("6"));
  take(span(kThird, 6, 0));
  EXPECT_EQ(got("7").trace_id, kRun) << "was not decided with the other";
}

TEST_F(ProgramSpansTest, a_root_that_stays_open_is_the_programs_own) {
  take(span(kOther, 6, 5));
  pass(10);
  EXPECT_EQ(got("6").trace_id, kRun);
  take(span(kOther, 7, 6));
  EXPECT_EQ(got("7").trace_id, kRun) << "later spans need not wait";
}

TEST_F(ProgramSpansTest, who_was_called_from_outside_stays_in_the_callers_trace) {
  for (const auto& [kind, remote] :
       {std::pair(trace::SpanKind::server, false), std::pair(trace::SpanKind::consumer, false),
        std::pair(trace::SpanKind::internal, true)}) {
    queue_.spans.clear();
    programs_.emplace(tracer_, run_);
    take(span(kOther, 7, 6), span(kOther, 6, 5, kind, remote));
    pass(10);
    EXPECT_EQ(got("6").trace_id, kOther);
    EXPECT_EQ(got("6").parent_id.value, 5U);
    EXPECT_EQ(got("7").trace_id, kOther);
    EXPECT_FALSE(got("6").attributes.contains("spawn.original_trace_id"));
    take(span(kOther, 8, 0));
    EXPECT_EQ(got("8").trace_id, kOther) << "one decision for a trace";
    EXPECT_EQ(got("8").parent_id.value, 0U);
  }
}

TEST_F(ProgramSpansTest, a_program_that_another_of_the_workload_called_comes_along) {
  take(span(kOther, 7, 6, trace::SpanKind::server, true));  // it was quicker
  pass(5);
  take(span(kOther, 6, 5, trace::SpanKind::client), span(kOther, 5, 0));
  EXPECT_EQ(got("7").trace_id, kRun);
  EXPECT_EQ(got("7").parent_id.value, 6U);

  queue_.spans.clear();  // its caller's root is still open
  take(span(kThird, 7, 6, trace::SpanKind::server, true), span(kThird, 6, 5));
  pass(10);
  EXPECT_EQ(got("7").trace_id, kRun);
}

TEST_F(ProgramSpansTest, links_go_along_with_what_they_point_to) {
  trace::SpanRecord linked = span(kRun, 5, 99);
  linked.add_link({kOther, {6}, 0, false});
  linked.add_link({kThird, {7}, trace::kSampled, true});
  linked.set_on_last("why", std::string("retry"));
  take(std::move(linked));
  EXPECT_THAT(names(), IsEmpty()) << "nothing is known of the others yet";
  take(span(kOther, 6, 0));
  take(span(kThird, 8, 7, trace::SpanKind::server, true));
  pass(10);
  ASSERT_EQ(got("5").links.size(), 2U);
  EXPECT_EQ(got("5").links[0].trace_id, kRun);
  EXPECT_EQ(got("5").links[0].span_id.value, 6U);
  EXPECT_EQ(got("5").links[1].trace_id, kThird);
}

TEST_F(ProgramSpansTest, nothing_waits_longer_than_the_run) {
  take(span(kOther, 6, 5), span(kThird, 7, 6, trace::SpanKind::server, true));
  programs_->finish();
  EXPECT_EQ(got("6").trace_id, kRun);
  EXPECT_EQ(got("7").trace_id, kThird);
}

TEST_F(ProgramSpansTest, keeps_the_service_of_each_span) {
  take(span(kRun, 5, 99));
  EXPECT_EQ(got("5").service, "shop");
}

TEST_F(ProgramSpansTest, a_subsegment_that_came_apart_is_of_its_segments_service) {
  trace::SpanRecord apart = span(kOther, 6, 5);
  apart.resource = nullptr;
  take(std::move(apart));
  take(span(kOther, 5, 0));
  EXPECT_EQ(got("6").service, "shop");

  trace::SpanRecord lost = span(kThird, 7, 8);
  lost.resource = nullptr;
  take(std::move(lost));
  pass(10);
  EXPECT_EQ(got("7").service, "unknown_service") << "and never ours";
}

TEST_F(ProgramSpansTest, takes_no_more_than_its_budget_and_no_open_spans) {
  programs_.emplace(tracer_, run_, 2);
  trace::SpanRecord open = span(kRun, 4, 99);
  open.in_progress = true;
  take(std::move(open), span(kRun, 5, 99), span(kRun, 6, 99), span(kRun, 7, 99));
  EXPECT_THAT(names(), ElementsAre("5", "6"));
  EXPECT_EQ(programs_->handed_over(), 2U);
  EXPECT_EQ(programs_->over_budget(), 1U);
  EXPECT_EQ(programs_->unfinished(), 1U);
}

TEST_F(ProgramSpansTest, holds_no_more_than_two_thousand) {
  for (std::uint64_t i = 0; i < 2048; ++i) take(span(kOther, 10 + i, 5));
  EXPECT_THAT(names(), IsEmpty());
  take(span(kOther, 9, 5));
  EXPECT_EQ(queue_.spans.size(), 2049U);
  EXPECT_FALSE(programs_->waiting());
}

TEST_F(ProgramSpansTest, a_message_may_have_as_many_traces_as_spans) {
  std::vector<trace::SpanRecord> spans;
  for (std::uint64_t i = 0; i < 16'384; ++i) spans.push_back(span({3, 1 + i}, 100 + i, 0));
  programs_->take(spans, "otlp", now_);
  ASSERT_EQ(queue_.spans.size(), 16'384U);
  for (const OwnedSpan& each : queue_.spans) ASSERT_EQ(each.trace_id, kRun);
}

TEST_F(ProgramSpansTest, what_spawn_itself_said_of_a_span_stays) {
  trace::SpanRecord ours = span(kRun, 5, 99);
  ours.set("spawn.source", "csm");
  take(std::move(ours));
  EXPECT_EQ(got("5").text("spawn.source"), "csm");
}

}  // namespace
}  // namespace spawn::intake
