// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
#include "cli/terminal.h"

#include <fcntl.h>
#include <gtest/gtest.h>

#include "core/file.h"
#include "testing/fakes.h"

namespace spawn::cli {
namespace {

using spawn::testing::FakeEnv;

constexpr Terminal kTerminal{true, 120};
constexpr Terminal kPipe{false, 0};

TEST(StyleFor, is_as_wide_as_the_terminal) {
  EXPECT_EQ(style_for(kTerminal, ColorWhen::automatic, FakeEnv()).width, 120U);
  EXPECT_EQ(style_for(kPipe, ColorWhen::automatic, FakeEnv()).width, 100U);
}

TEST(StyleFor, honours_columns_within_reason) {
  const auto width = [](const char* columns) {
    return style_for(kTerminal, ColorWhen::automatic, FakeEnv{{"COLUMNS", columns}}).width;
  };
  EXPECT_EQ(width("80"), 80U);
  EXPECT_EQ(width("5"), 60U);
  EXPECT_EQ(width("999999999999"), 1000U);
  EXPECT_EQ(width("0"), 120U);
  EXPECT_EQ(width("-5"), 120U);
  EXPECT_EQ(width("wide"), 120U);
}

TEST(StyleFor, colours_a_terminal_and_nothing_else) {
  EXPECT_TRUE(style_for(kTerminal, ColorWhen::automatic, FakeEnv()).color);
  EXPECT_FALSE(style_for(kPipe, ColorWhen::automatic, FakeEnv()).color);
  EXPECT_FALSE(style_for(kTerminal, ColorWhen::automatic, FakeEnv{{"NO_COLOR", "1"}}).color);
  EXPECT_TRUE(style_for(kTerminal, ColorWhen::automatic, FakeEnv{{"NO_COLOR", ""}}).color);
  EXPECT_FALSE(style_for(kTerminal, ColorWhen::automatic, FakeEnv{{"TERM", "dumb"}}).color);
}

TEST(StyleFor, obeys_the_flag_before_all_else) {
  EXPECT_TRUE(style_for(kPipe, ColorWhen::always, FakeEnv{{"NO_COLOR", "1"}}).color);
  EXPECT_FALSE(style_for(kTerminal, ColorWhen::never, FakeEnv()).color);
}

TEST(StyleFor, draws_with_unicode_only_in_a_utf8_locale) {
  const auto unicode = [](const FakeEnv& env) {
    return style_for(kTerminal, ColorWhen::automatic, env).unicode;
  };
  EXPECT_FALSE(unicode({}));
  EXPECT_TRUE(unicode({{"LANG", "de_DE.UTF-8"}}));
  EXPECT_TRUE(unicode({{"LC_CTYPE", "C.utf8"}, {"LANG", "C"}}));
  EXPECT_FALSE(unicode({{"LC_ALL", "C"}, {"LANG", "de_DE.UTF-8"}}));
  EXPECT_TRUE(unicode({{"LC_ALL", ""}, {"LANG", "de_DE.UTF-8"}}));
}

TEST(LookAt, knows_that_a_file_is_no_terminal) {
  const core::Fd null(open("/dev/null", O_WRONLY | O_CLOEXEC));
  EXPECT_FALSE(look_at(null.get()).is_terminal);
}

TEST(ParseColorWhen, knows_three_words) {
  EXPECT_EQ(parse_color_when("auto"), ColorWhen::automatic);
  EXPECT_EQ(parse_color_when("always"), ColorWhen::always);
  EXPECT_EQ(parse_color_when("never"), ColorWhen::never);
  EXPECT_FALSE(parse_color_when("sometimes"));
}

}  // namespace
}  // namespace spawn::cli
