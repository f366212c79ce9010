// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
#include "xray/names.h"

#include <gtest/gtest.h>

#include <string>

namespace spawn::xray {
namespace {

std::string fitted(std::string_view text) {
  std::string storage;
  return std::string(fit_name(text, storage));
}

TEST(Names, a_good_one_is_handed_back_untouched) {
  std::string storage;
  const std::string_view name = "my-service_1.2:/%&#=+-@ caf\xC3\xA9";
  EXPECT_EQ(fit_name(name, storage).data(), name.data());
}

TEST(Names, what_x_ray_refuses_becomes_an_underscore) { EXPECT_EQ(fitted("a(b)?c\n"), "a_b__c_"); }

TEST(Names, broken_utf8_becomes_an_underscore_a_byte) {
  EXPECT_EQ(fitted("a\xFF"), "a_");
  EXPECT_EQ(fitted("\xC3"), "_");
  EXPECT_EQ(fitted("\xC0\x80"), "__");  // an overlong nul
}

TEST(Names, two_hundred_characters_of_any_width_are_kept_and_the_next_is_cut) {
  std::string wide;
  for (int i = 0; i < 201; ++i) wide += "\xC3\xA9";
  EXPECT_EQ(fitted(wide), wide.substr(0, 400));
  EXPECT_EQ(fitted(std::string(201, 'x')).size(), 200U);
}

TEST(Names, none_at_all_becomes_span) { EXPECT_EQ(fitted(""), "span"); }

}  // namespace
}  // namespace spawn::xray
