// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
#include "http/client.h"

#include <gtest/gtest.h>

namespace spawn::http {
namespace {

TEST(Headers, are_found_by_name_in_any_case_the_first_one_first) {
  const Headers headers = {{"Date", "a"}, {"DATE", "b"}};
  EXPECT_EQ(header(headers, "date"), "a");
  EXPECT_EQ(header(headers, "server"), "");
}

TEST(Headers, are_replaced_whatever_their_case_and_number) {
  Headers headers = {{"Date", "a"}, {"Host", "h"}, {"DATE", "b"}};
  set_header(headers, "date", "c");
  EXPECT_EQ(headers, (Headers{{"Host", "h"}, {"date", "c"}}));
}

}  // namespace
}  // namespace spawn::http
