// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
#include "telemetry/schedule.h"

#include <gtest/gtest.h>

namespace spawn::telemetry {
namespace {

using std::chrono::seconds;
constexpr std::int64_t kSecond = 1'000'000'000;

TEST(Schedule, is_full_at_the_batch_size) {
  const Schedule schedule(50, seconds(5));
  EXPECT_FALSE(schedule.full(49));
  EXPECT_TRUE(schedule.full(50));
}

TEST(Schedule, is_overdue_when_the_first_span_waited_for_the_delay) {
  Schedule schedule(50, seconds(5));
  schedule.observe(1, 10 * kSecond);
  schedule.observe(2, 12 * kSecond);
  EXPECT_FALSE(schedule.overdue(15 * kSecond - 1));
  EXPECT_TRUE(schedule.overdue(15 * kSecond));
  EXPECT_EQ(schedule.until_due(12 * kSecond), seconds(3));
}

TEST(Schedule, sleeps_without_end_while_nothing_waits) {
  Schedule schedule(50, seconds(5));
  schedule.observe(0, 10 * kSecond);
  EXPECT_FALSE(schedule.overdue(1000 * kSecond));
  EXPECT_EQ(schedule.until_due(1000 * kSecond), core::Nanos::max());
}

TEST(Schedule, begins_anew_after_an_export) {
  Schedule schedule(50, seconds(5));
  schedule.observe(1, 10 * kSecond);
  schedule.exported();
  schedule.observe(1, 14 * kSecond);
  EXPECT_FALSE(schedule.overdue(18 * kSecond));
  EXPECT_TRUE(schedule.overdue(19 * kSecond));
}

}  // namespace
}  // namespace spawn::telemetry
