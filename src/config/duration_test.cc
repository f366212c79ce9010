// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
#include "config/duration.h"

#include <gtest/gtest.h>

namespace spawn::config {
namespace {

using std::chrono::seconds;

TEST(Duration, is_read_as_people_write_it) {
  EXPECT_EQ(parse_duration("90s"), seconds(90));
  EXPECT_EQ(parse_duration("30m"), seconds(1800));
  EXPECT_EQ(parse_duration("1h30m"), seconds(5400));
  EXPECT_EQ(parse_duration("2d1h1m1s"), seconds(2 * 86'400 + 3661));
  EXPECT_EQ(parse_duration("0s"), seconds(0));
}

TEST(Duration, refuses_what_could_mean_something_else) {
  for (const char* bad : {"", "5", "h", "1x", "-1h", "+1h", "1 h", "1h ", "1m1h", "1h1h", "1.5h",
                          "1H", "4000d", "99999999999999999999s", "9223372036854775807d"}) {
    EXPECT_EQ(parse_duration(bad), std::nullopt) << bad;
  }
}

TEST(Duration, is_written_in_the_same_spelling) {
  for (const char* text : {"90d", "1h30m", "1d1s", "0s", "59s"}) {
    EXPECT_EQ(format_duration(*parse_duration(text)), text);
  }
}

}  // namespace
}  // namespace spawn::config
