// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
#include "core/text.h"

#include <gtest/gtest.h>

#include "core/backoff.h"
#include "core/short_text.h"
#include "core/url.h"
#include "testing/fakes.h"

namespace spawn::core {
namespace {

TEST(Text, hex_goes_there_and_back) {
  char digits[16];
  hex16(0x0123456789ABCDEFU, digits);
  EXPECT_EQ(std::string_view(digits, 16), "0123456789abcdef");
  EXPECT_EQ(parse_hex16("0123456789abcdef"), 0x0123456789ABCDEFU);
  EXPECT_FALSE(parse_hex16("0123456789ABCDEF"));
  EXPECT_TRUE(parse_hex16("0123456789ABCDEF", true));
  EXPECT_FALSE(parse_hex16("0123456789abcde"));
}

TEST(Text, numbers_are_strict) {
  EXPECT_EQ(parse_int("-12"), -12);
  EXPECT_FALSE(parse_int("12 "));
  EXPECT_FALSE(parse_int(""));
  EXPECT_EQ(parse_double("0.1"), 0.1);
  EXPECT_FALSE(parse_double("nan"));
  EXPECT_FALSE(parse_double("inf"));
}

TEST(Text, repairs_utf8_and_leaves_what_is_valid) {
  EXPECT_EQ(repair_utf8("caf\xC3\xA9"), "caf\xC3\xA9");
  EXPECT_EQ(repair_utf8("a\xFF"
                        "b"),
            "a\xEF\xBF\xBD"
            "b");
  EXPECT_FALSE(is_valid_utf8("\xC0\x80"));          // overlong
  EXPECT_FALSE(is_valid_utf8("\xED\xA0\x80"));      // a surrogate
  EXPECT_FALSE(is_valid_utf8("\xF4\x90\x80\x80"));  // above U+10FFFF
  EXPECT_TRUE(
      is_valid_utf8(repair_utf8("\xF0\x9F"
                                "x\xE2\x82")));
}

TEST(Text, cuts_between_characters) { EXPECT_EQ(utf8_prefix("a\xC3\xA9", 2), "a"); }

TEST(Text, percent_encoding_goes_there_and_back) {
  EXPECT_EQ(percent_encode("a b/~"), "a%20b%2F~");
  EXPECT_EQ(percent_encode("a/b", true), "a/b");
  EXPECT_EQ(percent_decode("a%20b%2f%zz"), "a b/%zz");
}

TEST(Text, suggests_the_nearest_word_if_one_is_near) {
  constexpr std::string_view kWords[] = {"xray", "stdout", "none"};
  EXPECT_EQ(nearest("xrya", kWords), "xray");
  EXPECT_FALSE(nearest("completely-else", kWords));
  constexpr std::string_view kShort[] = {"or"};
  EXPECT_FALSE(nearest("1", kShort));
  EXPECT_EQ(nearest("ot", kShort), "or");
}

TEST(ShortText, copies_every_length_and_sees_every_high_bit) {
  for (std::size_t size = 0; size < 70; ++size) {
    std::string from(size, 'a');
    for (std::size_t i = 0; i < size; ++i) from[i] = static_cast<char>('a' + i % 26);
    std::string to(size + 1, '#');
    EXPECT_TRUE(all_ascii(copy_short(to.data(), from)));
    EXPECT_EQ(to, from + "#");
    EXPECT_TRUE(is_ascii(from));
    for (std::size_t i = 0; i < size; ++i) {
      std::string odd = from;
      odd[i] = '\xC3';
      EXPECT_FALSE(all_ascii(copy_short(to.data(), odd))) << size << " " << i;
      EXPECT_FALSE(is_ascii(odd));
    }
  }
}

TEST(Url, knows_its_parts) {
  const auto url = Url::parse("HTTPS://Example.com:8443/a/b?c=d#e");
  ASSERT_TRUE(url);
  EXPECT_EQ(url->to_string(), "https://example.com:8443/a/b?c=d");
  EXPECT_EQ(Url::parse("http://[::1]:80")->authority(), "[::1]");
}

TEST(Url, refuses_what_is_none) {
  for (const char* text : {"", "foo", "ftp://a", "http://", "http://a:0", "http://a:99999",
                           "http://a b", "http://user:secret@host/"}) {
    const auto url = Url::parse(text);
    ASSERT_FALSE(url) << text;
    EXPECT_EQ(url.error().message.find("secret"), std::string::npos);
  }
}

TEST(Backoff, grows_up_to_its_cap) {
  testing::FakeRng rng;
  const Backoff backoff{std::chrono::seconds(1), std::chrono::seconds(20)};
  for (int retry = 1; retry < 70; ++retry) {
    const Nanos wait = backoff.before_retry(retry, rng);
    EXPECT_GE(wait.count(), 0);
    EXPECT_LT(wait, std::chrono::seconds(retry == 1 ? 1 : 20));
  }
}

TEST(SystemRng, makes_other_numbers_each_time) {
  SystemRng rng;
  EXPECT_NE(rng.next(), rng.next());
  EXPECT_EQ(secure_random_hex(32).size(), 32U);
}

}  // namespace
}  // namespace spawn::core
