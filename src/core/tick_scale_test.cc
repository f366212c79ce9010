// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
#include "core/tick_scale.h"

#include <gtest/gtest.h>

namespace spawn::core {
namespace {

constexpr std::int64_t kMs = 1'000'000;

TEST(TickScale, turns_ticks_into_the_time_they_took) {
  struct {
    const char* counter;
    std::int64_t ns;
    std::uint64_t ticks;
  } const rows[] = {{"1 GHz", 10 * kMs, 10'000'000},
                    {"2.1 GHz", 10 * kMs, 21'000'000},
                    {"5 GHz, a second", 1000 * kMs, 5'000'000'000},
                    {"100 MHz", 20 * kMs, 2'000'000}};
  for (const auto& row : rows) {
    const TickScale scale(row.ns, row.ticks);
    // 5 ms, half of its reach.
    const auto ticks = static_cast<std::uint64_t>(static_cast<double>(row.ticks) * 5e6 /
                                                  static_cast<double>(row.ns));
    EXPECT_TRUE(scale.reaches(ticks)) << row.counter;
    EXPECT_NEAR(static_cast<double>(scale.ns(ticks)), 5e6, 11) << row.counter;
  }
}

TEST(TickScale, reaches_as_far_as_the_shortest_time_it_is_made_from) {
  const TickScale scale(10 * kMs, 20'000'000);
  EXPECT_TRUE(scale.reaches(0));
  EXPECT_TRUE(scale.reaches(19'999'000));
  EXPECT_FALSE(scale.reaches(20'000'001));
  // A counter that went back, as after a move to another host.
  EXPECT_FALSE(scale.reaches(static_cast<std::uint64_t>(-1)));
}

TEST(TickScale, agrees_with_one_that_is_as_fast_but_for_what_ntp_does) {
  const TickScale scale(10 * kMs, 20'000'000);
  EXPECT_TRUE(scale.known());
  EXPECT_TRUE(TickScale(20 * kMs, 40'020'000).agrees(scale));
  EXPECT_TRUE(TickScale(20 * kMs, 39'980'000).agrees(scale));
  // The machine slept, which the kernel's clock does not count.
  EXPECT_FALSE(TickScale(20 * kMs, 41'000'000).agrees(scale));
  EXPECT_FALSE(TickScale(20 * kMs, 39'000'000).agrees(scale));
  EXPECT_FALSE(TickScale().known());
  EXPECT_FALSE(TickScale().agrees(scale));
}

TEST(TickScale, that_was_made_from_too_little_too_much_or_nonsense_reaches_nothing) {
  struct {
    const char* what;
    std::int64_t ns;
    std::uint64_t ticks;
  } const rows[] = {{"too near", 10 * kMs - 1, 20'000'000},
                    {"too far", 1000 * kMs + 1, 2'000'000'000},
                    {"a clock that was set back", -10 * kMs, 20'000'000},
                    {"a counter that stands", 10 * kMs, 0},
                    {"a counter that crawls", 10 * kMs, 999'999},
                    {"a counter that went back", 10 * kMs, static_cast<std::uint64_t>(-5)}};
  for (const auto& row : rows) EXPECT_FALSE(TickScale(row.ns, row.ticks).reaches(0)) << row.what;
  EXPECT_FALSE(TickScale().reaches(0));
}

}  // namespace
}  // namespace spawn::core
