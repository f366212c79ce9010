// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
#include "aws/timestamp.h"

#include <gtest/gtest.h>

namespace spawn::aws {
namespace {

constexpr std::int64_t kTime = 1'440'938'160'000'000'000;  // 2015-08-30T12:36:00Z

TEST(Timestamp, is_written_as_amazon_does) {
  EXPECT_EQ(format_amz_date(kTime), "20150830T123600Z");
  EXPECT_EQ(format_amz_date(0), "19700101T000000Z");
}

TEST(Timestamp, is_read_from_a_date_header) {
  EXPECT_EQ(parse_http_date("Sun, 30 Aug 2015 12:36:00 GMT"), kTime);
}

TEST(Timestamp, of_two_date_headers_joined_by_a_comma_is_the_first) {
  EXPECT_EQ(parse_http_date("Sun, 30 Aug 2015 12:36:00 GMT, Mon, 31 Aug 2015 00:00:00 GMT"), kTime);
}

TEST(Timestamp, is_read_from_iso8601_with_fraction_and_offset) {
  EXPECT_EQ(parse_iso8601("2015-08-30T12:36:00Z"), kTime);
  EXPECT_EQ(parse_iso8601("2015-08-30T12:36:00.987654Z"), kTime);
  EXPECT_EQ(parse_iso8601("2015-08-30T14:06:00+01:30"), kTime);
  EXPECT_EQ(parse_iso8601("2015-08-30T11:36:00-0100"), kTime);
}

TEST(Timestamp, that_is_none_is_refused) {
  for (const char* text :
       {"", "now", "Sun, 30 Foo 2015 12:36:00 GMT", "Sun, 30 Aug 2015 25:36:00 GMT",
        "Sun, 30 Aug 2015 12:36:00 CET", "Sun, 32 Aug 2015 12:36:00 GMT"}) {
    EXPECT_FALSE(parse_http_date(text)) << text;
  }
  for (const char* text :
       {"", "2015-08-30", "2015-08-30T12:36:00", "2015-02-30T12:36:00Z", "2015-08-30T12:36:00+1",
        "2015-08-30T12:36:00Zx", "2015/08/30T12:36:00Z"}) {
    EXPECT_FALSE(parse_iso8601(text)) << text;
  }
}

}  // namespace
}  // namespace spawn::aws
