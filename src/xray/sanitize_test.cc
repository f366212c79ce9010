// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
#include "xray/sanitize.h"

#include <gtest/gtest.h>

namespace spawn::xray {
namespace {

std::string clean(std::string_view text) {
  std::string storage;
  return std::string(without_secrets(text, storage));
}

TEST(Sanitize, hides_what_stands_before_the_host) {
  EXPECT_EQ(clean("postgres://app:pw@db/x"), "postgres://app:REDACTED@db/x");
  EXPECT_EQ(clean("postgres://app:p@w@db/x"), "postgres://app:REDACTED@db/x");
  EXPECT_EQ(clean("postgres://app:p/w@db/x"), "postgres://app:REDACTED@db/x");
  EXPECT_EQ(clean("postgres://app:p?w@db/x"), "postgres://app:REDACTED@db/x");
  EXPECT_EQ(clean("mongodb+srv://app:pw@a,b/x"), "mongodb+srv://app:REDACTED@a,b/x");
  EXPECT_EQ(clean("app:pw@tcp(db:3306)/x"), "app:REDACTED@tcp(db:3306)/x");
  EXPECT_EQ(clean("jdbc:oracle:thin:scott/tiger@db:1521:x"),
            "jdbc:oracle:thin:scott/REDACTED@db:1521:x");
  EXPECT_EQ(clean("scott/tiger@db"), "scott/REDACTED@db");
}

TEST(Sanitize, hides_the_values_of_secret_keys_whatever_their_case) {
  EXPECT_EQ(clean("https://h/?a=1&X-Amz-Signature=s&b=2"),
            "https://h/?a=1&X-Amz-Signature=REDACTED&b=2");
  EXPECT_EQ(clean("Server=h;PASSWORD=pw;Encrypt=true"), "Server=h;PASSWORD=REDACTED;Encrypt=true");
  EXPECT_EQ(clean("Server=h;Pwd='a;b'"), "Server=h;Pwd=REDACTED");
  EXPECT_EQ(clean("host=h password=pw user=u"), "host=h password=REDACTED user=u");
  EXPECT_EQ(clean("password = pw"), "password = pw");
  EXPECT_EQ(clean("jdbc:sqlserver://h:1433;user=u;password=pw"),
            "jdbc:sqlserver://h:1433;user=u;password=REDACTED");
}

TEST(Sanitize, leaves_what_is_no_secret) {
  for (const char* text :
       {"", "https://h/", "https://h:8080/@user/x", "https://[::1]:8080/a@b", "https://u@h/",
        "postgres://db/x?sslmode=require", "host=h user=u", "a@b", "x=@", "@", "://", "=", "?="}) {
    EXPECT_EQ(clean(text), text);
  }
}

}  // namespace
}  // namespace spawn::xray
