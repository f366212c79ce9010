// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
#include "store/open_spans.h"

#include <gtest/gtest.h>

#include <string>
#include <thread>
#include <vector>

namespace spawn::store {
namespace {

class OpenSpansTest : public ::testing::Test {
 protected:
  int enter(std::uint64_t id, std::string_view name = "span") {
    trace::SpanRecord record;
    record.trace_id = {1, 1};
    record.span_id = {id};
    record.start_ns = 5;
    return table_.enter(record, name, 7);
  }
  std::vector<std::string> names() {
    std::vector<std::string> all;
    table_.for_each([&](OpenSpans::Seen seen) {
      EXPECT_EQ(seen.steady_ns, 7);
      EXPECT_EQ(seen.record.start_ns, 5);
      all.emplace_back(seen.record.name());
    });
    return all;
  }

  std::vector<std::uint64_t> memory_ = std::vector<std::uint64_t>(OpenSpans::kBytes / 8);
  OpenSpans table_{memory_.data()};
};

TEST_F(OpenSpansTest, knows_who_is_open) {
  const int first = enter(1, "first");
  const int second = enter(2, "second");
  table_.remove(first);
  EXPECT_EQ(names(), std::vector<std::string>{"second"});
  table_.remove(second);
  EXPECT_TRUE(table_.empty());
}

TEST_F(OpenSpansTest, tells_a_slot_that_was_used_anew_from_what_it_was) {
  const int first = enter(1);
  std::uint64_t turn = 0;
  table_.for_each([&](OpenSpans::Seen seen) { turn = seen.turn; });
  EXPECT_TRUE(table_.still_open(static_cast<std::size_t>(first), turn));
  table_.remove(first);
  EXPECT_EQ(enter(2), first);
  EXPECT_FALSE(table_.still_open(static_cast<std::size_t>(first), turn));
}

TEST_F(OpenSpansTest, keeps_the_beginning_of_a_long_name) {
  enter(1, std::string(100, 'x'));
  EXPECT_EQ(names(), std::vector<std::string>{std::string(OpenSpans::kMaxName, 'x')});
}

TEST_F(OpenSpansTest, keeps_names_of_every_length) {
  std::string name;
  for (std::size_t length = 0; length <= OpenSpans::kMaxName; ++length) {
    const int slot = enter(1, name);
    EXPECT_EQ(names(), std::vector<std::string>{name});
    table_.remove(slot);
    name += static_cast<char>('0' + length);
  }
}

TEST_F(OpenSpansTest, keeps_what_a_span_begins_with) {
  trace::SpanRecord record;
  record.trace_id = {1, 2};
  record.span_id = {3};
  record.parent_id = {4};
  record.kind = trace::SpanKind::consumer;
  record.flags = trace::kSampled | trace::kRandom;
  record.parent_remote = true;
  table_.enter(record, "s", 7);
  table_.for_each([&](OpenSpans::Seen seen) {
    EXPECT_EQ(seen.record.context(), record.context());
    EXPECT_EQ(seen.record.parent_id, record.parent_id);
    EXPECT_EQ(seen.record.kind, record.kind);
    EXPECT_TRUE(seen.record.parent_remote);
  });
  EXPECT_FALSE(table_.empty());
}

TEST_F(OpenSpansTest, takes_no_more_than_it_has_room_for) {
  int taken = 0;
  for (std::uint64_t id = 1; id <= 10'000; ++id) taken += enter(id) != OpenSpans::kNone ? 1 : 0;
  EXPECT_GT(taken, 200);
  EXPECT_LE(taken, static_cast<int>(OpenSpans::kSlots));
  table_.remove(OpenSpans::kNone);
}

TEST_F(OpenSpansTest, threads_never_share_a_slot) {
  std::vector<std::thread> threads;
  for (std::uint64_t thread = 1; thread <= 3; ++thread) {
    threads.emplace_back([this, thread] {
      for (int i = 0; i < 20'000; ++i) table_.remove(enter(thread));
    });
  }
  for (int i = 0; i < 200; ++i) {
    for (const std::string& name : names()) EXPECT_EQ(name, "span");
  }
  for (auto& thread : threads) thread.join();
  EXPECT_TRUE(table_.empty());
}

}  // namespace
}  // namespace spawn::store
