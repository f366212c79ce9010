// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
#include "view/bar.h"

#include <gtest/gtest.h>

#include "view/text_width.h"

namespace spawn::view {
namespace {

TEST(Bar, is_drawn_to_an_eighth_of_a_column) {
  EXPECT_EQ(draw_bar({0, 1}, 4, true), "████");
  EXPECT_EQ(draw_bar({0, 0.53125}, 4, true), "██▏ ");
  EXPECT_EQ(draw_bar({0.125, 0.75}, 4, true), "▐██ ");
}

TEST(Bar, is_seen_however_short_it_is_and_wherever) {
  for (const bool unicode : {true, false}) {
    for (int at = 0; at <= 100; ++at) {
      const std::string bar = draw_bar({at / 100.0, at / 100.0}, 10, unicode);
      EXPECT_NE(bar.find_first_not_of(' '), std::string::npos) << at;
      EXPECT_EQ(display_width(bar), 10U) << at;
    }
  }
}

TEST(Bar, of_a_running_span_ends_with_an_arrow) {
  EXPECT_EQ(draw_bar({0.5, 1, true}, 4, true), "  █▸");
  EXPECT_EQ(draw_bar({0.5, 1, true}, 4, false), "  =>");
}

TEST(Bar, stays_on_the_axis) {
  EXPECT_EQ(draw_bar({-1, 2}, 3, false), "===");
  EXPECT_EQ(draw_bar({2, 3}, 3, false), "  =");
  EXPECT_EQ(draw_bar({0, 1}, 0, true), "");
}

}  // namespace
}  // namespace spawn::view
