// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
#include "telemetry/ring.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <thread>
#include <vector>

namespace spawn::telemetry {
namespace {

trace::SpanRecord numbered(std::uint64_t number) {
  trace::SpanRecord record;
  record.span_id = {number};
  record.set_name("span");
  return record;
}

// A ring with memory of its own.
struct OwnRing {
  explicit OwnRing(std::size_t slots)
      : memory(slots * Ring::kSlotBytes / sizeof(std::uint64_t)), ring(slots, memory.data()) {}
  std::vector<std::uint64_t> memory;
  Ring ring;
};

// f(record) for the oldest; false when there is none.
template <typename F>
bool pop(Ring& ring, F&& f) {
  const Ring::Held held = ring.take();
  if (held.record == nullptr) return false;
  f(*held.record);
  ring.release(held);
  return true;
}

std::vector<std::uint64_t> pop_all(Ring& ring) {
  std::vector<std::uint64_t> numbers;
  while (pop(ring, [&](trace::SpanRecord& record) { numbers.push_back(record.span_id.value); })) {
  }
  return numbers;
}

void push(Ring& ring, std::uint64_t number) {
  trace::SpanRecord record = numbered(number);
  ring.push(record);
}

TEST(Ring, counts_positions_from_the_first_record_of_all) {
  OwnRing own(2);
  trace::SpanRecord record = numbered(1);
  EXPECT_EQ(own.ring.push(record), 0U);
  EXPECT_EQ(own.ring.push(record), 1U);
  EXPECT_EQ(own.ring.push(record), 2U);  // the oldest went
  EXPECT_EQ(own.ring.head(), 1U);
}

TEST(Ring, gives_records_back_in_the_order_they_came) {
  OwnRing own(4);
  Ring& ring = own.ring;
  for (std::uint64_t i = 1; i <= 3; ++i) push(ring, i);
  EXPECT_EQ(ring.size(), 3U);
  EXPECT_THAT(pop_all(ring), ::testing::ElementsAre(1, 2, 3));
  EXPECT_EQ(ring.size(), 0U);
}

TEST(Ring, drops_the_oldest_record_when_full_and_counts_it) {
  OwnRing own(4);
  Ring& ring = own.ring;
  for (std::uint64_t i = 1; i <= 10; ++i) push(ring, i);
  EXPECT_EQ(ring.pushed(), 10U);
  EXPECT_EQ(ring.dropped(), 6U);
  EXPECT_THAT(pop_all(ring), ::testing::ElementsAre(7, 8, 9, 10));
}

TEST(Ring, goes_round_many_times) {
  OwnRing own(2);
  Ring& ring = own.ring;
  for (std::uint64_t i = 1; i <= 1000; ++i) {
    push(ring, i);
    EXPECT_THAT(pop_all(ring), ::testing::ElementsAre(i));
  }
  EXPECT_EQ(ring.dropped(), 0U);
}

TEST(Ring, keeps_a_record_that_the_consumer_holds_and_drops_the_new_one_instead) {
  OwnRing own(4);
  Ring& ring = own.ring;
  for (std::uint64_t i = 1; i <= 4; ++i) push(ring, i);
  const Ring::Held held = ring.take();
  EXPECT_EQ(held.position, 0U);
  push(ring, 5);  // its slot is the held one
  EXPECT_EQ(held.record->span_id.value, 1U);
  ring.release(held);
  EXPECT_THAT(pop_all(ring), ::testing::ElementsAre(2, 3, 4));
  EXPECT_EQ(ring.pushed(), 5U);
  EXPECT_EQ(ring.dropped(), 1U);
}

TEST(Ring, leaves_in_its_memory_what_was_not_released) {
  OwnRing own(4);
  for (std::uint64_t i = 1; i <= 6; ++i) push(own.ring, i);
  (void)own.ring.take();
  Ring::Held held = own.ring.take();
  own.ring.release(held);
  std::size_t odd = 0;  // turns of slots that hold a record
  for (std::size_t slot = 0; slot < 4; ++slot) odd += own.memory[slot * 64] % 2;
  EXPECT_EQ(odd, 3U);
}

TEST(Ring, is_empty_and_counts_from_zero_after_reset) {
  OwnRing own(2);
  Ring& ring = own.ring;
  for (std::uint64_t i = 1; i <= 5; ++i) push(ring, i);
  std::fill(own.memory.begin(), own.memory.end(), 0);
  ring.reset();
  EXPECT_EQ(ring.size() + ring.pushed() + ring.dropped(), 0U);
  push(ring, 9);
  EXPECT_THAT(pop_all(ring), ::testing::ElementsAre(9));
}

TEST(Ring, accounts_for_every_record_of_many_producers) {
  constexpr std::uint64_t kPerThread = 20'000;
  constexpr int kProducers = 3;
  OwnRing own(64);
  Ring& ring = own.ring;
  std::atomic<int> running{kProducers};
  std::vector<std::thread> producers;
  for (int p = 0; p < kProducers; ++p) {
    producers.emplace_back([&] {
      for (std::uint64_t i = 1; i <= kPerThread; ++i) push(ring, i);
      running.fetch_sub(1);
    });
  }
  std::uint64_t popped = 0;
  bool intact = true;
  const auto take = [&](trace::SpanRecord& record) {
    ++popped;
    intact = intact && record.name() == "span" && record.span_id.value <= kPerThread;
  };
  while (running.load() > 0) pop(ring, take);
  while (pop(ring, take)) {
  }
  for (auto& producer : producers) producer.join();
  EXPECT_TRUE(intact);
  EXPECT_EQ(ring.pushed(), kProducers * kPerThread);
  EXPECT_EQ(popped + ring.dropped(), kProducers * kPerThread);
}

}  // namespace
}  // namespace spawn::telemetry
