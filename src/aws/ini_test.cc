// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
#include "aws/ini.h"

#include <gtest/gtest.h>

namespace spawn::aws {
namespace {

TEST(Ini, has_sections_with_settings) {
  const auto file = parse_ini(
      "\xEF\xBB\xBF[default]\r\nregion=eu-west-1\r\n\r\n[ profile   dev ]\nRegion = us-east-1\n"
      "empty =\n",
      "f");
  ASSERT_TRUE(file) << file.error().message;
  EXPECT_EQ(file->at("default").at("region").value, "eu-west-1");
  EXPECT_EQ(file->at("profile dev").at("region").value, "us-east-1");
  EXPECT_EQ(file->at("profile dev").at("empty").value, "");
}

TEST(Ini, drops_comments_but_no_character_of_a_value) {
  const auto file = parse_ini("# a\n; b\n[x] # c\nkey = abc#def;ghi ; d\nother = a=b==\n", "f");
  ASSERT_TRUE(file) << file.error().message;
  EXPECT_EQ(file->at("x").at("key").value, "abc#def;ghi");
  EXPECT_EQ(file->at("x").at("other").value, "a=b==");
}

TEST(Ini, merges_sections_of_one_name_and_keeps_the_later_value) {
  const auto file = parse_ini("[x]\na=1\nb=1\n[y]\n[x]\nb=2\n", "f");
  ASSERT_TRUE(file);
  EXPECT_EQ(file->at("x").at("a").value, "1");
  EXPECT_EQ(file->at("x").at("b").value, "2");
}

TEST(Ini, nests_settings_below_an_empty_value_and_continues_another) {
  const auto file = parse_ini(
      "[services s]\nxray =\n  endpoint_url = http://h:1\n\tOther = 2\ns3 = one\n  two\n", "f");
  ASSERT_TRUE(file) << file.error().message;
  const IniSection& section = file->at("services s");
  EXPECT_EQ(section.at("xray").nested.at("endpoint_url"), "http://h:1");
  EXPECT_EQ(section.at("xray").nested.at("other"), "2");
  EXPECT_EQ(section.at("s3").value, "one\ntwo");
}

TEST(Ini, names_file_and_line_of_a_mistake_but_shows_no_text_of_it) {
  const struct {
    const char* text;
    const char* message;
  } kCases[] = {
      {"[a]\nx=1\nmy-secret\n", "~/f:3: expected 'key = value' or '[section]'"},
      {"[a]\n= my-secret\n", "~/f:2: expected 'key = value' or '[section]'"},
      {"my-secret = 1\n", "~/f:1: expected a [section] before the first setting"},
      {"\n[a\n", "~/f:2: expected '[default]' or '[profile NAME]'"},
      {"[ ]\n", "~/f:1: expected '[default]' or '[profile NAME]'"},
      {"[a]\ns3 =\n  my-secret\n",
       "~/f:3: expected 'key = value' below the setting that it belongs to"},
  };
  for (const auto& [text, message] : kCases) {
    const auto file = parse_ini(text, "~/f");
    ASSERT_FALSE(file) << text;
    EXPECT_EQ(file.error().message, message);
    EXPECT_EQ(file.error().code, core::Code::invalid_argument);
  }
}

TEST(Ini, lets_a_name_with_blanks_stand_in_quotes) {
  const auto file = parse_ini("[profile \"my  dev\"]\na=1\n[ profile \t 'it' ]\na=2\n", "f");
  ASSERT_TRUE(file) << file.error().message;
  EXPECT_EQ(file->at("profile my  dev").at("a").value, "1");
  EXPECT_EQ(file->at("profile it").at("a").value, "2");
  EXPECT_FALSE(parse_ini("[profile \"dev]\n", "f"));
}

}  // namespace
}  // namespace spawn::aws
