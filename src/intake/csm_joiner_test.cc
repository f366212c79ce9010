// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
#include "intake/csm_joiner.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "telemetry/queue.h"
#include "testing/fakes.h"

namespace spawn::intake {
namespace {

using spawn::testing::FakeClock;
using spawn::testing::FakeRng;
using spawn::testing::OwnedSpan;

constexpr std::int64_t kSecond = 1'000'000'000;

struct KeepingQueue final : telemetry::Queue {
  void push(trace::SpanRecord& record) noexcept override { spans.emplace_back(record); }
  std::vector<OwnedSpan> spans;
};

CsmEvent call(std::int64_t start_ms, std::int64_t latency_ms,
              std::optional<std::int64_t> attempts) {
  CsmEvent event;
  event.service = "S3";
  event.api = "PutObject";
  event.timestamp_ms = start_ms;
  event.latency_ms = latency_ms;
  event.attempt_count = attempts;
  event.http_status = 200;
  return event;
}

CsmEvent attempt(std::int64_t start_ms, std::int64_t latency_ms, std::string request_id,
                 int status = 200) {
  CsmEvent event = call(start_ms, latency_ms, std::nullopt);
  event.type = CsmEvent::Type::attempt;
  event.request_id = std::move(request_id);
  event.http_status = status;
  return event;
}

class CsmJoinerTest : public ::testing::Test {
 protected:
  static constexpr std::uint16_t kPort = 4000;

  void add(CsmEvent event, std::int64_t now_ns = 0, std::uint16_t port = kPort) {
    joiner_.add(std::move(event), port, now_ns);
  }
  [[nodiscard]] std::vector<OwnedSpan> named(std::string_view name) const {
    std::vector<OwnedSpan> found;
    std::ranges::copy_if(queue_.spans, std::back_inserter(found),
                         [&](const OwnedSpan& span) { return span.name == name; });
    return found;
  }
  // Request ids of the children of `parent`, in the order of their numbers.
  [[nodiscard]] std::vector<std::string> attempts_of(const OwnedSpan& parent) const {
    std::vector<std::pair<std::string, std::string>> children;
    for (const OwnedSpan& span : queue_.spans) {
      if (span.parent_id == parent.span_id) {
        children.emplace_back(span.name, span.text("aws.request_id"));
      }
    }
    std::ranges::sort(children);
    std::vector<std::string> ids;
    for (auto& child : children) ids.push_back(child.second);
    return ids;
  }

  FakeClock clock_;
  FakeRng rng_;
  KeepingQueue queue_;
  trace::Resource resource_;
  telemetry::Tracer tracer_{&queue_, trace::Rate::always(), resource_, clock_, rng_};
  trace::SpanContext parent_{{1, 2}, {3}, trace::kSampled, false};
  CsmJoiner joiner_{tracer_, parent_, 100};
};

using Ids = std::vector<std::string>;

TEST_F(CsmJoinerTest, makes_a_call_and_its_attempts_one_tree_under_the_parent) {
  add(attempt(1'000, 40, "A", 503));
  add(attempt(1'100, 40, "B"));
  add(call(1'000, 141, 2));
  const auto calls = named("S3.PutObject");
  ASSERT_EQ(calls.size(), 1U);
  EXPECT_EQ(calls[0].trace_id, parent_.trace_id);
  EXPECT_EQ(calls[0].parent_id, parent_.span_id);
  EXPECT_FALSE(calls[0].parent_remote);
  EXPECT_EQ(calls[0].text("aws.request_id"), "B");
  EXPECT_EQ(attempts_of(calls[0]), (Ids{"A", "B"}));
  EXPECT_FALSE(joiner_.waiting());
}

TEST_F(CsmJoinerTest, orders_attempts_by_time_not_by_arrival) {
  add(attempt(1'100, 40, "B"));
  add(attempt(1'000, 40, "A", 503));
  add(call(1'000, 141, 2));
  EXPECT_EQ(attempts_of(named("S3.PutObject").at(0)), (Ids{"A", "B"}));
}

TEST_F(CsmJoinerTest, waits_with_a_call_that_was_sent_before_its_attempts) {
  add(call(1'000, 141, 2));
  EXPECT_TRUE(queue_.spans.empty());
  add(attempt(1'000, 40, "A", 503));
  EXPECT_TRUE(queue_.spans.empty());
  add(attempt(1'100, 40, "B"));
  EXPECT_EQ(attempts_of(named("S3.PutObject").at(0)), (Ids{"A", "B"}));
  EXPECT_FALSE(joiner_.waiting());
}

TEST_F(CsmJoinerTest, gives_a_call_up_to_two_seconds_for_its_attempts) {
  add(call(1'000, 141, 2));
  add(attempt(1'000, 40, "A", 503));
  joiner_.expire(2 * kSecond - 1);
  EXPECT_TRUE(queue_.spans.empty());
  joiner_.expire(2 * kSecond);
  EXPECT_EQ(attempts_of(named("S3.PutObject").at(0)), (Ids{"A"}));
  EXPECT_EQ(named("S3.PutObject").at(0).text("spawn.aws.attempts"), "2");
}

TEST_F(CsmJoinerTest, makes_a_good_attempt_without_a_call_a_span_after_two_seconds) {
  add(attempt(1'000, 40, "A"));
  joiner_.expire(2 * kSecond - 1);
  EXPECT_TRUE(queue_.spans.empty());
  joiner_.expire(2 * kSecond);
  const auto spans = named("S3.PutObject");
  ASSERT_EQ(spans.size(), 1U);
  EXPECT_EQ(spans[0].parent_id, parent_.span_id);
  EXPECT_EQ(spans[0].text("aws.request_id"), "A");
}

TEST_F(CsmJoinerTest, keeps_a_failed_attempt_while_its_call_backs_off) {
  add(attempt(1'000, 40, "A", 503));
  joiner_.expire(20 * kSecond);
  add(attempt(21'000, 40, "B"), 20 * kSecond);
  add(call(1'000, 20'041, 2), 20 * kSecond);
  EXPECT_EQ(attempts_of(named("S3.PutObject").at(0)), (Ids{"A", "B"}));
  add(attempt(30'000, 40, "C", 503), 30 * kSecond);
  joiner_.expire(330 * kSecond);
  EXPECT_EQ(named("S3.PutObject").size(), 2U);
}

TEST_F(CsmJoinerTest, does_not_mix_source_ports_services_or_operations) {
  add(attempt(1'000, 40, "other port"), 0, 4001);
  CsmEvent other_api = attempt(1'000, 40, "other api");
  other_api.api = "GetObject";
  add(other_api);
  CsmEvent other_service = attempt(1'000, 40, "other service");
  other_service.service = "S3 Control";
  add(other_service);
  add(call(1'000, 50, 1));
  joiner_.finish();
  EXPECT_EQ(attempts_of(named("S3.PutObject").at(1)), Ids{});
}

TEST_F(CsmJoinerTest, does_not_take_attempts_from_before_or_after_the_call) {
  add(attempt(900, 40, "before"));
  add(attempt(1'100, 40, "after"));
  add(attempt(1'003, 40, "inside"));
  add(call(1'000, 50, 1));
  EXPECT_EQ(attempts_of(named("S3.PutObject").at(0)), (Ids{"inside"}));
}

TEST_F(CsmJoinerTest, allows_for_rounding_to_milliseconds) {
  add(attempt(999, 53, "A"));
  add(call(1'000, 50, 1));
  EXPECT_EQ(attempts_of(named("S3.PutObject").at(0)), (Ids{"A"}));
}

TEST_F(CsmJoinerTest, tells_apart_calls_that_run_side_by_side) {
  // Two threads of one program: both attempts are there when the first call ends.
  add(attempt(1'020, 60, "short"));
  add(attempt(1'001, 90, "long"));
  add(call(1'000, 92, 1));
  add(call(1'019, 62, 1));
  ASSERT_EQ(named("S3.PutObject").size(), 2U);
  EXPECT_EQ(attempts_of(named("S3.PutObject")[0]), (Ids{"long"}));
  EXPECT_EQ(attempts_of(named("S3.PutObject")[1]), (Ids{"short"}));
}

TEST_F(CsmJoinerTest, takes_everything_inside_when_the_count_is_not_told) {
  add(attempt(1'000, 40, "A", 503));
  add(attempt(1'100, 40, "B"));
  add(call(1'000, 141, std::nullopt));
  EXPECT_EQ(attempts_of(named("S3.PutObject").at(0)), (Ids{"A", "B"}));
  EXPECT_EQ(named("S3.PutObject").at(0).text("spawn.aws.attempts"), "2");
}

TEST_F(CsmJoinerTest, makes_a_call_that_never_left_the_program_a_span_at_once) {
  add(attempt(1'000, 40, "of another call"));
  add(call(1'000, 50, 0));
  EXPECT_EQ(attempts_of(named("S3.PutObject").at(0)), Ids{});
}

TEST_F(CsmJoinerTest, finish_gives_up_all_waiting) {
  add(attempt(1'000, 40, "A", 503));
  add(call(5'000, 40, 1));
  joiner_.finish();
  EXPECT_EQ(named("S3.PutObject").size(), 2U);
  EXPECT_FALSE(joiner_.waiting());
  joiner_.finish();
  EXPECT_EQ(queue_.spans.size(), 2U);
}

TEST_F(CsmJoinerTest, makes_no_more_spans_than_its_budget_and_counts_the_rest) {
  CsmJoiner joiner(tracer_, parent_, 3);
  for (int i = 0; i < 2; ++i) {
    joiner.add(attempt(1'000, 40, "A"), kPort, 0);
    joiner.add(call(1'000, 41, 1), kPort, 0);
  }
  EXPECT_EQ(queue_.spans.size(), 3U);
  EXPECT_EQ(joiner.over_budget(), 1U);
}

TEST_F(CsmJoinerTest, keeps_a_bounded_number_waiting) {
  CsmJoiner joiner(tracer_, parent_);
  for (int i = 0; i < 10'001; ++i) joiner.add(attempt(i, 1, "A", 503), kPort, 0);
  EXPECT_EQ(queue_.spans.size(), 10'000U);
  EXPECT_TRUE(joiner.waiting());
}

}  // namespace
}  // namespace spawn::intake
