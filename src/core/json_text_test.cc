// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <string>

#include "core/json.h"

namespace spawn::core {
namespace {

TEST(JsonText, writes_what_it_read) {
  const std::string text =
      R"({"a":[1,-2,0.5,true,false,null,"x\"\n\u0001é"],"":{},"b":[],"a":[[{"c":9007199254740993}]]})";
  const auto json = Json::parse(text);
  ASSERT_TRUE(json);
  EXPECT_EQ(json->to_text(), text);
}

TEST(JsonText, keeps_a_real_a_real) { EXPECT_EQ(Json(5.0).to_text(), "5.0"); }

// What a program cut in the middle of a character is no reason to lose all else that it said.
TEST(JsonText, reads_broken_characters_as_the_replacement_character) {
  const auto text_of = [](const std::string& inside) {
    const auto json = Json::parse("[\"" + inside + "\",1]");
    return json && json->array()->size() == 2 ? *json->array()->front().string()
                                              : json.error().message;
  };
  EXPECT_EQ(text_of("a\xF0\x9F\x98"), "a\uFFFD\uFFFD\uFFFD");
  EXPECT_EQ(text_of("\xFF\\n\xC3\xA9"), "\uFFFD\n\u00E9");
  EXPECT_EQ(text_of(R"(a\ud83d)"), "a\uFFFD");
  EXPECT_EQ(text_of(R"(\uDE00b)"), "\uFFFDb");
  EXPECT_EQ(text_of(R"(\ud83d\ud83d\ude00\\ud83d)"), "\uFFFD\U0001F600\\ud83d");
}

TEST(JsonText, that_is_no_json_stays_none_whatever_its_characters) {
  for (const char* text : {"\xFF", "[\"\xFF\"", R"(["\ud83d",)", R"("\ud8)", R"("\u")"}) {
    const auto json = Json::parse(text);
    ASSERT_FALSE(json) << text;
    EXPECT_EQ(json.error().code, Code::invalid_argument);
  }
}

}  // namespace
}  // namespace spawn::core
