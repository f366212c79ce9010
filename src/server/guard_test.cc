// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
#include "server/guard.h"

#include <gtest/gtest.h>

namespace spawn::server {
namespace {

class GuardTest : public ::testing::Test {
 protected:
  [[nodiscard]] bool passes(std::string_view method, const http::Headers& headers) const {
    const auto refused = guard_.refuse(method, headers);
    if (refused) {
      EXPECT_EQ(refused->status, 403);
    }
    return !refused;
  }

  Guard guard_{"secret"};
};

TEST_F(GuardTest, lets_programs_of_this_machine_pass) {
  for (const char* host :
       {"127.0.0.1:4319", "localhost:4319", "LOCALHOST", "[::1]:4319", "[::1]"}) {
    EXPECT_TRUE(passes("POST", {{"Host", host}})) << host;
  }
}

TEST_F(GuardTest, refuses_other_hosts_whatever_they_resolve_to) {
  for (const char* host : {"", "evil.example", "evil.example:4319", "127.0.0.1.evil.example",
                           "localhost:x", "localhost:1@evil", "10.0.0.1:4319"}) {
    EXPECT_FALSE(passes("GET", {{"Host", host}})) << host;
  }
  EXPECT_FALSE(passes("GET", {}));
}

TEST_F(GuardTest, refuses_other_origins) {
  const http::Headers own = {{"Host", "localhost:1"}, {"Origin", "http://localhost:1"}};
  EXPECT_TRUE(passes("GET", own));
  for (const char* origin : {"http://localhost:2", "https://localhost:1", "null", "http://evil"}) {
    EXPECT_FALSE(passes("GET", {{"Host", "localhost:1"}, {"Origin", origin}})) << origin;
  }
}

TEST_F(GuardTest, refuses_what_another_site_loads_but_not_a_link_to_us) {
  const auto from = [&](const char* site, const char* mode) {
    return passes("GET",
                  {{"Host", "localhost"}, {"Sec-Fetch-Site", site}, {"Sec-Fetch-Mode", mode}});
  };
  EXPECT_FALSE(from("cross-site", "no-cors"));
  EXPECT_FALSE(from("same-site", "no-cors"));
  EXPECT_TRUE(from("cross-site", "navigate"));
  EXPECT_TRUE(from("same-origin", "cors"));
  EXPECT_FALSE(passes("POST", {{"Host", "localhost"},
                               {"Sec-Fetch-Site", "cross-site"},
                               {"Sec-Fetch-Mode", "navigate"},
                               {"X-Spawn-Token", "secret"}}));
}

TEST_F(GuardTest, wants_the_token_for_a_browsers_writes) {
  const auto write_with = [&](const char* token) {
    return passes(
        "POST",
        {{"Host", "localhost:1"}, {"Origin", "http://localhost:1"}, {"X-Spawn-Token", token}});
  };
  EXPECT_TRUE(write_with("secret"));
  EXPECT_FALSE(write_with("Secret"));
  EXPECT_FALSE(write_with(""));
  EXPECT_FALSE(write_with("secret2"));
}

TEST_F(GuardTest, makes_a_token_that_nobody_can_guess) {
  EXPECT_EQ(Guard().token().size(), 32U);
  EXPECT_NE(Guard().token(), Guard().token());
}

}  // namespace
}  // namespace spawn::server
