// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
#include "telemetry/gather.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace spawn::telemetry {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

constexpr std::int64_t kSecond = 1'000'000'000;

store::TakenSpans span(std::uint64_t trace, std::uint64_t id, bool root = false) {
  store::TakenSpans spans;
  store::Taken& one = spans.emplace_back();
  one.record.trace_id = {trace, trace};
  one.record.span_id = {id};
  if (!root) one.record.parent_id = {99};
  return spans;
}

void add(Gather& gather, store::TakenSpans&& one, std::int64_t now_ns) { gather.add(one, now_ns); }

std::vector<std::uint64_t> ids(const store::TakenSpans& spans) {
  std::vector<std::uint64_t> all;
  for (const store::Taken& one : spans) all.push_back(one.record.span_id.value);
  return all;
}

TEST(Gather, gives_what_came_in_batches_and_in_its_order) {
  Gather gather({false, 2, 100, {}});
  for (std::uint64_t i = 1; i <= 3; ++i) add(gather, span(i, i), 0);
  EXPECT_THAT(ids(gather.next(0, false)), ElementsAre(1, 2));
  EXPECT_THAT(ids(gather.next(0, false)), ElementsAre(3));
  EXPECT_THAT(ids(gather.next(0, false)), IsEmpty());
}

TEST(Gather, holds_the_spans_of_a_trace_until_its_root_has_ended) {
  Gather gather({true, 50, 100, std::chrono::seconds(5)});
  add(gather, span(1, 1), 0);
  add(gather, span(2, 2), 0);
  add(gather, span(1, 3), 0);
  EXPECT_THAT(ids(gather.next(kSecond, false)), IsEmpty());
  add(gather, span(1, 4, true), 0);
  EXPECT_THAT(ids(gather.next(kSecond, false)), ElementsAre(1, 3, 4));
  EXPECT_EQ(gather.held(), 1U);
}

TEST(Gather, a_remote_parent_makes_a_root_too) {
  Gather gather({true, 50, 100, std::chrono::seconds(5)});
  store::TakenSpans root = span(1, 1);
  root.front().record.parent_remote = true;
  add(gather, std::move(root), 0);
  EXPECT_THAT(ids(gather.next(0, false)), ElementsAre(1));
}

TEST(Gather, waits_for_a_root_only_so_long) {
  Gather gather({true, 50, 100, std::chrono::seconds(5)});
  add(gather, span(1, 1), 0);
  add(gather, span(1, 2), 4 * kSecond);
  EXPECT_EQ(gather.until_due(kSecond), std::chrono::seconds(4));
  EXPECT_THAT(ids(gather.next(5 * kSecond - 1, false)), IsEmpty());
  EXPECT_THAT(ids(gather.next(5 * kSecond, false)), ElementsAre(1, 2));
  EXPECT_EQ(gather.until_due(0), core::Nanos::max());
}

TEST(Gather, does_not_tear_a_trace_apart_for_a_full_batch) {
  Gather gather({true, 3, 100, std::chrono::seconds(5)});
  for (std::uint64_t trace = 1; trace <= 2; ++trace) {
    add(gather, span(trace, 10 * trace), 0);
    add(gather, span(trace, 10 * trace + 1, true), 0);
  }
  EXPECT_THAT(ids(gather.next(0, false)), ElementsAre(10, 11));
  EXPECT_THAT(ids(gather.next(0, false)), ElementsAre(20, 21));
}

TEST(Gather, lets_the_oldest_trace_go_when_it_holds_too_much) {
  Gather gather({true, 50, 3, std::chrono::seconds(5)});
  add(gather, span(1, 1), 0);
  add(gather, span(2, 2), 0);
  EXPECT_FALSE(gather.full());
  add(gather, span(2, 3), 0);
  EXPECT_TRUE(gather.full());
  EXPECT_THAT(ids(gather.next(0, false)), ElementsAre(1));
}

TEST(Gather, lets_as_many_go_as_are_too_many) {
  Gather gather({true, 50, 3, std::chrono::seconds(5)});
  for (std::uint64_t trace = 1; trace <= 5; ++trace) add(gather, span(trace, trace), 0);
  EXPECT_THAT(ids(gather.next(0, false)), ElementsAre(1, 2, 3));
  EXPECT_EQ(gather.held(), 2U);
}

TEST(Gather, what_could_go_lingers_until_a_batch_is_whole) {
  Gather gather({true, 3, 100, std::chrono::seconds(5), core::Nanos(10)});
  EXPECT_EQ(gather.missing(), 1U);
  add(gather, span(1, 1, true), 100);
  add(gather, span(2, 2, true), 105);
  EXPECT_EQ(gather.missing(), 1U);
  EXPECT_EQ(gather.until_due(105), core::Nanos(5));
  EXPECT_THAT(ids(gather.next(105, false)), IsEmpty());
  add(gather, span(3, 3, true), 106);
  EXPECT_EQ(gather.until_due(106), core::Nanos(0));
  EXPECT_THAT(ids(gather.next(106, false)), ElementsAre(1, 2, 3));
}

TEST(Gather, nothing_lingers_longer_than_it_may_nor_when_all_are_asked_for) {
  Gather gather({true, 3, 100, std::chrono::seconds(5), core::Nanos(10)});
  add(gather, span(1, 1, true), 100);
  EXPECT_EQ(gather.missing(), 2U);
  EXPECT_THAT(ids(gather.next(109, false)), IsEmpty());
  EXPECT_THAT(ids(gather.next(110, false)), ElementsAre(1));
  add(gather, span(2, 2, true), 120);
  EXPECT_THAT(ids(gather.next(120, true)), ElementsAre(2));
}

TEST(Gather, what_is_left_of_a_whole_batch_lingers_for_more) {
  Gather gather({true, 2, 100, std::chrono::seconds(5), core::Nanos(10)});
  for (std::uint64_t i = 1; i <= 3; ++i) add(gather, span(i, i, true), 100);
  EXPECT_THAT(ids(gather.next(200, false)), ElementsAre(1, 2));
  EXPECT_THAT(ids(gather.next(209, false)), IsEmpty());
  EXPECT_THAT(ids(gather.next(210, false)), ElementsAre(3));
}

TEST(Gather, what_was_put_back_does_not_linger) {
  Gather gather({true, 3, 100, std::chrono::seconds(5), core::Nanos(10)});
  add(gather, span(1, 1, true), 100);
  auto batch = gather.next(110, false);
  gather.put_back(std::move(batch));
  EXPECT_EQ(gather.until_due(110), core::Nanos(0));
}

TEST(Gather, when_it_is_full_nothing_lingers) {
  Gather gather({true, 5, 2, std::chrono::seconds(5), core::Nanos(10)});
  add(gather, span(1, 1, true), 100);
  add(gather, span(2, 2), 100);
  EXPECT_THAT(ids(gather.next(100, false)), ElementsAre(1));
}

TEST(Gather, gives_what_was_put_back_first) {
  Gather gather({true, 2, 100, std::chrono::seconds(5)});
  for (std::uint64_t i = 1; i <= 4; ++i) add(gather, span(i, i, true), 0);
  auto batch = gather.next(0, false);
  batch.erase(batch.begin());
  gather.put_back(std::move(batch));
  EXPECT_EQ(gather.held(), 3U);
  EXPECT_THAT(ids(gather.next(0, false)), ElementsAre(2, 3));
  EXPECT_THAT(ids(gather.next(0, false)), ElementsAre(4));
}

TEST(Gather, all_means_at_once) {
  Gather gather({true, 50, 100, std::chrono::hours(1)});
  add(gather, span(1, 1), 0);
  EXPECT_THAT(ids(gather.next(0, true)), ElementsAre(1));
}

TEST(Watermark, is_where_the_first_unsettled_sequence_is) {
  Watermark mark;
  for (const std::uint64_t sequence : {5, 6, 8}) mark.read(sequence);
  mark.settled(6);
  EXPECT_EQ(mark.below(), 5U);
  mark.settled(5);
  EXPECT_EQ(mark.below(), 8U);  // nobody waits for 7
  mark.settled(8);
  EXPECT_EQ(mark.below(), 9U);
  mark.read(20);
  EXPECT_EQ(mark.below(), 20U);
}

}  // namespace
}  // namespace spawn::telemetry
