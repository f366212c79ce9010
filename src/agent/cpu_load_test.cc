// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
#include "agent/cpu_load.h"

#include <gtest/gtest.h>

#include "core/file.h"

namespace spawn::agent {
namespace {

TEST(CpuLoad, is_read_from_the_line_of_all_cpus) {
  const auto ticks = parse_cpu_ticks("cpu  10 1 5 80 4 0 0 0 3 0\ncpu0 5 0 2 40 2 0 0 0 3 0\n");
  ASSERT_TRUE(ticks);
  EXPECT_EQ(ticks->all, 100U);
  EXPECT_EQ(ticks->busy, 20U);
}

TEST(CpuLoad, is_a_share_of_the_time_between) {
  EXPECT_EQ(busy_between({10, 100}, {15, 200}), 5.0);
  EXPECT_EQ(busy_between({10, 100}, {10, 100}), std::nullopt);
  EXPECT_EQ(busy_between({10, 100}, {5, 200}), std::nullopt);
}

TEST(CpuLoad, of_this_machine_can_be_read) {
  EXPECT_TRUE(parse_cpu_ticks(*core::read_file("/proc/stat")));
}

TEST(CpuLoad, of_garbage_is_unknown) {
  for (const char* text : {"", "cpu", "cpu  1 2", "cpu  a b c d", "cpu0 1 2 3 4"}) {
    EXPECT_FALSE(parse_cpu_ticks(text)) << text;
  }
}

}  // namespace
}  // namespace spawn::agent
