// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
#include "view/text_width.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace spawn::view {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

TEST(TextWidth, counts_columns_and_not_bytes) {
  EXPECT_EQ(display_width("plain"), 5U);
  EXPECT_EQ(display_width("naïve"), 5U);
  EXPECT_EQ(display_width("日本"), 4U);
  EXPECT_EQ(display_width("e\u0301"), 1U);  // a combining accent
  EXPECT_EQ(display_width("🚀"), 2U);
}

TEST(TextWidth, cuts_between_characters_and_says_so) {
  EXPECT_EQ(cut_to_width("fits", 4, "…"), "fits");
  EXPECT_EQ(cut_to_width("too long", 4, "…"), "too…");
  EXPECT_EQ(cut_to_width("日本語", 4, "…"), "日…");
  EXPECT_EQ(cut_to_width("ab", 1, "..."), "a");
}

TEST(TextWidth, wraps_at_blanks_and_cuts_the_last_line) {
  EXPECT_THAT(wrap_to_width("one two three", 7, 3, "…"), ElementsAre("one two", "three"));
  EXPECT_THAT(wrap_to_width("unbreakable", 4, 3, "…"), ElementsAre("unbr", "eaka", "ble"));
  EXPECT_THAT(wrap_to_width("one two three four", 5, 2, "…"), ElementsAre("one", "two …"));
  EXPECT_THAT(wrap_to_width("", 5, 2, "…"), IsEmpty());
}

TEST(TextWidth, goes_on_where_a_character_is_wider_than_the_line) {
  EXPECT_THAT(wrap_to_width("日本", 1, 9, "…"), ElementsAre("日", "本"));
}

}  // namespace
}  // namespace spawn::view
