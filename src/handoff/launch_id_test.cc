// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
#include "handoff/launch_id.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "testing/fakes.h"

namespace spawn::handoff {
namespace {

constexpr std::int64_t kSecondOfJanuary = 1'767'323'045'000'000'000;  // 2026-01-02T03:04:05Z

TEST(LaunchId, takes_what_tags_file_names_and_annotations_can_hold) {
  for (const char* good : {"a", "7", "wordcount-20260102T030405-1f2e3d4c5b6a", "A_b.c-9"}) {
    const auto id = LaunchId::parse(good);
    ASSERT_TRUE(id) << good;
    EXPECT_EQ(id->text(), good);
  }
  EXPECT_TRUE(LaunchId::parse(std::string(128, 'x')));
}

TEST(LaunchId, refuses_the_rest_and_shows_it_safely) {
  for (const char* bad : {"", "-a", ".hidden", "a b", "a/b", "a:b", "launch\n", "ä"}) {
    EXPECT_FALSE(LaunchId::parse(bad)) << bad;
  }
  EXPECT_FALSE(LaunchId::parse(std::string(129, 'x')));
  EXPECT_THAT(LaunchId::parse("a\x1b[2J").error().message, ::testing::HasSubstr("\\x1b"));
}

TEST(LaunchId, a_fresh_one_says_what_and_when_and_is_valid) {
  testing::FakeRng rng;
  const LaunchId id = LaunchId::make("wordcount", kSecondOfJanuary, rng);
  EXPECT_THAT(id.text(), ::testing::StartsWith("wordcount-20260102T030405-"));
  EXPECT_TRUE(LaunchId::parse(id.text()));
  EXPECT_NE(id, LaunchId::make("wordcount", kSecondOfJanuary, rng));
}

TEST(LaunchId, is_valid_whatever_the_array_is_called) {
  testing::FakeRng rng;
  for (const std::string& name : {std::string(), std::string("-x y/ä"), std::string(500, 'n')}) {
    const LaunchId id = LaunchId::make(name, kSecondOfJanuary, rng);
    EXPECT_TRUE(LaunchId::parse(id.text())) << id.text();
  }
}

}  // namespace
}  // namespace spawn::handoff
