// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
#include "launch/tags.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace spawn::launch {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Pair;

std::string problem(const std::vector<std::string>& single,
                    const std::vector<std::string>& lists = {}) {
  const auto tags = parse_tags(single, lists);
  if (tags) return "none";
  EXPECT_EQ(tags.error().code, core::Code::invalid_argument);
  EXPECT_EQ(tags.error().message.find('\n'), std::string::npos);
  return tags.error().message;
}

TEST(ParseTags, takes_single_tags_and_lists) {
  const auto tags = parse_tags({"team=blue", "note=a=b,c"}, {"A=B, C=D", "empty="});
  ASSERT_TRUE(tags) << tags.error().message;
  EXPECT_THAT(*tags, ElementsAre(Pair("A", "B"), Pair("C", "D"), Pair("empty", ""),
                                 Pair("note", "a=b,c"), Pair("team", "blue")));
}

TEST(ParseTags, says_what_is_no_tag) {
  EXPECT_EQ(problem({"team"}), "--tag: 'team' is no tag; expected NAME=VALUE");
  EXPECT_EQ(problem({"=blue"}), "--tag: a tag without a name; expected NAME=VALUE");
  EXPECT_EQ(problem({}, {"A=B,C"}), "--tags: 'C' is no tag; expected NAME=VALUE");
  EXPECT_THAT(problem({"a=\xff"}), HasSubstr("is no UTF-8"));
}

TEST(ParseTags, refuses_the_same_name_twice) {
  EXPECT_EQ(problem({"a=1"}, {"a=1"}), "--tags: 'a' is given twice");
}

TEST(ParseTags, leaves_aws_and_spawn_their_names) {
  EXPECT_EQ(problem({"AWS:x=1"}), "--tag: 'AWS:x': names that begin with 'aws:' are AWS's own");
  EXPECT_EQ(problem({"spawn:launch-id=1"}), "--tag: 'spawn:launch-id' is set by spawn itself");
  EXPECT_EQ(problem({"spawn:command=ls"}),
            "--tag: 'spawn:command' is set by spawn itself; use --command");
}

TEST(CheckTags, counts_characters_as_ec2_does) {
  EXPECT_TRUE(check_tags({{std::string(128, 'k'), std::string(256, 'v')}}));
  std::string umlauts;
  for (int i = 0; i < 256; ++i) umlauts += "ü";
  EXPECT_TRUE(check_tags({{"k", umlauts}}));
  EXPECT_EQ(check_tags({{"k", std::string(257, 'v')}}).error().message,
            "tags: the value of 'k' has 257 characters; EC2 takes 256");
  EXPECT_THAT(check_tags({{std::string(129, 'k'), ""}}).error().message,
              HasSubstr("has 129 characters; EC2 takes 128"));
}

TEST(CheckTags, keeps_to_fifty_with_those_that_the_launch_adds) {
  Tags tags = {{"spawn:managed", "true"}, {"spawn:launch-id", "x"}};
  for (int i = 0; i < 48; ++i) tags[fmt::format("t{}", i)] = "";
  EXPECT_TRUE(check_tags(tags));
  tags["one-more"] = "";
  EXPECT_EQ(check_tags(tags).error().message,
            "tags: there are 51 of them, 2 of which spawn needs; EC2 takes 50");
}

TEST(FitIntoMetadata, knows_which_names_can_be_a_path) {
  EXPECT_TRUE(fit_into_metadata({{"spawn:ttl", ""}, {"a.b,c@d+e=f_g-H", ""}}));
  for (const char* name : {"cost center", "a/b", "..", "_index", "ü"}) {
    EXPECT_FALSE(fit_into_metadata({{name, ""}})) << name;
  }
}

}  // namespace
}  // namespace spawn::launch
