// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
#include "telemetry/ring.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

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

std::vector<std::uint64_t> pop_all(Ring& ring) {
  std::vector<std::uint64_t> numbers;
  while (ring.pop([&](trace::SpanRecord&& record) { numbers.push_back(record.span_id.value); })) {
  }
  return numbers;
}

void push(Ring& ring, std::uint64_t number) {
  trace::SpanRecord record = numbered(number);
  ring.push(record);
}

TEST(Ring, gives_records_back_in_the_order_they_came) {
  Ring ring(4);
  for (std::uint64_t i = 1; i <= 3; ++i) push(ring, i);
  EXPECT_EQ(ring.size(), 3U);
  EXPECT_THAT(pop_all(ring), ::testing::ElementsAre(1, 2, 3));
  EXPECT_EQ(ring.size(), 0U);
}

TEST(Ring, rounds_its_slots_up_to_a_power_of_two) { EXPECT_EQ(Ring(5).capacity(), 8U); }

TEST(Ring, drops_the_oldest_record_when_full_and_counts_it) {
  Ring ring(4);
  for (std::uint64_t i = 1; i <= 10; ++i) push(ring, i);
  EXPECT_EQ(ring.pushed(), 10U);
  EXPECT_EQ(ring.dropped(), 6U);
  EXPECT_THAT(pop_all(ring), ::testing::ElementsAre(7, 8, 9, 10));
}

TEST(Ring, goes_round_many_times) {
  Ring ring(2);
  for (std::uint64_t i = 1; i <= 1000; ++i) {
    push(ring, i);
    EXPECT_THAT(pop_all(ring), ::testing::ElementsAre(i));
  }
  EXPECT_EQ(ring.dropped(), 0U);
}

TEST(Ring, frees_the_spill_of_a_dropped_record) {
  Ring ring(2);  // leaks are found by the address sanitizer
  for (int i = 0; i < 5; ++i) {
    trace::SpanRecord record = numbered(1);
    record.set("big", std::string(5000, 'x'));
    ASSERT_TRUE(record.spilled());
    ring.push(record);
  }
  EXPECT_EQ(ring.dropped(), 3U);
}

TEST(Ring, is_empty_and_counts_from_zero_after_reset) {
  Ring ring(2);
  for (std::uint64_t i = 1; i <= 5; ++i) push(ring, i);
  ring.reset();
  EXPECT_EQ(ring.size() + ring.pushed() + ring.dropped(), 0U);
  push(ring, 9);
  EXPECT_THAT(pop_all(ring), ::testing::ElementsAre(9));
}

TEST(Ring, accounts_for_every_record_of_many_producers) {
  constexpr std::uint64_t kPerThread = 20'000;
  constexpr int kProducers = 3;
  Ring ring(64);
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
  const auto take = [&](trace::SpanRecord&& record) {
    ++popped;
    intact = intact && record.name() == "span" && record.span_id.value <= kPerThread;
  };
  while (running.load() > 0) ring.pop(take);
  while (ring.pop(take)) {
  }
  for (auto& producer : producers) producer.join();
  EXPECT_TRUE(intact);
  EXPECT_EQ(ring.pushed(), kProducers * kPerThread);
  EXPECT_EQ(popped + ring.dropped(), kProducers * kPerThread);
}

}  // namespace
}  // namespace spawn::telemetry
