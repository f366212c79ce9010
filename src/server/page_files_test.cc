// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
#include "server/page_files.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

namespace spawn::server {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

http::Reply get(std::string path) {
  return serve_page({"GET", std::move(path), {}, {}, ""}, "secret");
}
std::string below_version(std::string_view file) {
  return fmt::format("/{}/{}", page_version(), file);
}

TEST(PageFiles, the_index_has_this_runs_token_and_is_not_kept) {
  const http::Reply index = get("/");
  EXPECT_EQ(index.status, 200);
  EXPECT_EQ(http::header(index.headers, "Cache-Control"), "no-store");
  EXPECT_THAT(index.body, HasSubstr("content=\"secret\""));
  EXPECT_THAT(index.body, HasSubstr(fmt::format("\"{}/main.js\"", page_version())));
  EXPECT_THAT(index.body, Not(HasSubstr("{{")));
}

TEST(PageFiles, the_index_is_at_the_top_only) {
  EXPECT_EQ(get("/index.html").status, 404);
  EXPECT_EQ(get(below_version("index.html")).status, 404);
}

TEST(PageFiles, what_it_names_is_below_the_version_and_kept_for_good) {
  const http::Reply file = get(below_version("main.js"));
  EXPECT_EQ(file.status, 200);
  EXPECT_EQ(http::header(file.headers, "Cache-Control"), "max-age=31536000, immutable");
  EXPECT_EQ(get("/main.js").status, 404);
  EXPECT_EQ(get("/0123456789abcdef/main.js").status, 404);
}

}  // namespace
}  // namespace spawn::server
