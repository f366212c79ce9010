// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
#include "core/json_write.h"

#include <gtest/gtest.h>

#include <cmath>

#include "core/json.h"

namespace spawn::core {
namespace {

template <typename Writer>
std::string written(std::string_view text) {
  CharBuffer buffer;
  Writer out(buffer);
  out.string(text);
  return std::string(buffer.view());
}

TEST(JsonWriter, escapes_every_byte_that_needs_it_wherever_it_stands) {
  for (int byte = 0; byte < 128; ++byte) {
    for (std::size_t place = 0; place < 17; ++place) {
      std::string text(17, 'a');
      text[place] = static_cast<char>(byte);
      const auto back = Json::parse(written<JsonWriter>(text));
      ASSERT_TRUE(back) << byte << " at " << place;
      EXPECT_EQ(*back->string(), text);
    }
  }
}

TEST(JsonWriter, nested_text_is_the_plain_one_inside_a_string) {
  const std::string text = "quote \" backslash \\ tab \t bell \x07 end";
  const auto plain = written<JsonWriter>(text);
  const auto unwrapped = Json::parse("\"" + [&] {
    CharBuffer buffer;
    NestedJsonWriter out(buffer);
    out.string(text);
    return std::string(buffer.view());
  }() + "\"");
  ASSERT_TRUE(unwrapped);
  EXPECT_EQ(*unwrapped->string(), plain);
}

TEST(JsonWriter, writes_numbers_that_json_has_not_as_words) {
  CharBuffer buffer;
  JsonWriter out(buffer);
  out.real(std::nan(""));
  out.real(-INFINITY);
  out.real(0.1);
  EXPECT_EQ(buffer.view(), "\"NaN\"\"-Infinity\"0.1");
}

TEST(CharBuffer, keeps_its_bytes_when_it_grows) {
  CharBuffer buffer;
  std::string expected;
  for (int i = 0; i < 10'000; ++i) {
    buffer.append("abc");
    expected += "abc";
  }
  EXPECT_EQ(buffer.view(), expected);
}

TEST(Json, refuses_what_is_nested_too_deep) {
  EXPECT_TRUE(Json::parse(std::string(64, '[') + std::string(64, ']')));
  EXPECT_FALSE(Json::parse(std::string(65, '[') + std::string(65, ']')));
}

TEST(Json, names_the_byte_where_it_stopped) {
  const auto parsed = Json::parse("{\"a\": tru}");
  ASSERT_FALSE(parsed);
  EXPECT_EQ(parsed.error().code, Code::invalid_argument);
  EXPECT_NE(parsed.error().message.find("byte"), std::string::npos);
}

TEST(Json, keeps_integers_and_takes_the_last_duplicate) {
  const auto parsed = Json::parse("{\"a\":1,\"a\":9007199254740993,\"b\":1.5}");
  ASSERT_TRUE(parsed);
  EXPECT_EQ(*parsed->find("a")->integer(), 9007199254740993);
  EXPECT_EQ(parsed->find("b")->number(), 1.5);
  EXPECT_EQ(parsed->find("c"), nullptr);
}

}  // namespace
}  // namespace spawn::core
