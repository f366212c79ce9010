// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
#include "xray/budget.h"

#include <gtest/gtest.h>

#include <random>
#include <vector>

namespace spawn::xray {
namespace {

constexpr std::int64_t kLate = kBurst.count() + 1;

trace::TraceId id(std::uint64_t number) { return {1, number}; }

TEST(Budget, is_half_a_megabyte_in_a_burst_and_a_fifth_of_it_later) {
  Budget::Trace trace;
  trace.first_ns = 0;
  EXPECT_TRUE(Budget::takes(trace, kBurstBytes, kBurst.count()));
  EXPECT_FALSE(Budget::takes(trace, kBurstBytes + 1, kBurst.count()));
  EXPECT_TRUE(Budget::takes(trace, kTrickledBytes, kLate));
  EXPECT_FALSE(Budget::takes(trace, kTrickledBytes + 1, kLate));
  trace.bytes = kTrickledBytes - 5;
  EXPECT_TRUE(Budget::takes(trace, 5, kLate));
  EXPECT_FALSE(Budget::takes(trace, 6, kLate));
  trace.full = true;
  EXPECT_FALSE(Budget::takes(trace, 0, 0));
}

TEST(Budget, of_a_trace_begins_when_it_is_first_asked_for) {
  Budget budget;
  EXPECT_EQ(budget.of(id(1), 5).first_ns, 5);
  EXPECT_EQ(budget.of(id(1), 9).first_ns, 5);
  EXPECT_EQ(budget.of(id(2), 9).first_ns, 9);
}

// Not their highest bits choose the set; these are all in one.
trace::TraceId in_one_set(std::uint64_t number) { return {1, number << 32 | 5}; }

TEST(Budget, forgets_the_trace_that_was_not_used_for_the_longest_time) {
  Budget budget;
  constexpr std::uint64_t kRoom = Budget::kSetTraces;
  for (std::uint64_t i = 0; i < kRoom; ++i) budget.of(in_one_set(i), 0).bytes = 100 + i;
  EXPECT_EQ(budget.of(in_one_set(0), 0).bytes, 100U);  // the second one is now the oldest
  budget.of(in_one_set(kRoom), 7).bytes = 42;
  EXPECT_EQ(budget.of(in_one_set(0), 0).bytes, 100U);
  EXPECT_EQ(budget.of(in_one_set(2), 0).bytes, 102U);
  EXPECT_EQ(budget.of(in_one_set(kRoom), 9).bytes, 42U);
  EXPECT_EQ(budget.of(in_one_set(kRoom), 9).first_ns, 7);
  // Gone, and in the place of the next one there is nothing left of it.
  const Budget::Trace& anew = budget.of(in_one_set(1), 8);
  EXPECT_EQ(anew.bytes, 0U);
  EXPECT_EQ(anew.first_ns, 8);
}

TEST(Budget, remembers_hundreds_of_traces) {
  std::mt19937_64 random(7);  // NOLINT(cert-msc51-cpp,cert-msc32-c): the same ids each time
  std::vector<std::uint64_t> ids(500);
  for (std::uint64_t& number : ids) number = random();
  Budget budget;
  for (const std::uint64_t number : ids) budget.of(id(number), 0).bytes = 1;
  std::size_t known = 0;
  for (const std::uint64_t number : ids) known += budget.of(id(number), 0).bytes;
  EXPECT_GT(known, 480U);
}

}  // namespace
}  // namespace spawn::xray
