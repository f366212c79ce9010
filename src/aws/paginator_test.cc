// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
#include "aws/paginator.h"

#include <gtest/gtest.h>

#include "aws/test_support.h"

namespace spawn::aws {
namespace {

struct Page {
  int number;
  std::string next_token;
};

class PaginatorTest : public ::testing::Test {
 protected:
  template <typename Fetch>
  core::Status fetch_all(Fetch&& fetch) {
    return for_each_page(
        tracing_.tracer, "S3.List",
        [&](const std::string& token) -> core::Result<Page> {
          tokens_.push_back(token);
          const auto call = tracing_.tracer.start("a call");
          return fetch(token);
        },
        [&](const Page& page) { pages_.push_back(page.number); });
  }
  [[nodiscard]] testing::OwnedSpan span() const { return tracing_.log.only("pages S3.List"); }

  TestTracing tracing_;
  std::vector<std::string> tokens_;
  std::vector<int> pages_;
};

TEST_F(PaginatorTest, hands_over_every_page_in_one_span) {
  ASSERT_TRUE(fetch_all([](const std::string& token) {
    if (token.empty()) return Page{1, "a"};
    return token == "a" ? Page{2, "b"} : Page{3, ""};
  }));
  EXPECT_EQ(tokens_, (std::vector<std::string>{"", "a", "b"}));
  EXPECT_EQ(pages_, (std::vector<int>{1, 2, 3}));
  EXPECT_EQ(span().text("spawn.aws.pages"), "3");
  EXPECT_EQ(span().kind, trace::SpanKind::internal);
  EXPECT_EQ(span().status, trace::StatusCode::unset);
  for (const auto& call : tracing_.log.spans()) {
    if (call.name != "a call") continue;
    EXPECT_EQ(call.parent_id, span().span_id);
  }
  EXPECT_FALSE(telemetry::current().decided);
}

TEST_F(PaginatorTest, keeps_the_pages_before_an_error) {
  const auto status = fetch_all([](const std::string& token) -> core::Result<Page> {
    if (token.empty()) return Page{1, "a"};
    return core::fail(core::Code::throttled, "slow down");
  });
  ASSERT_FALSE(status);
  EXPECT_EQ(status.error().code, core::Code::throttled);
  EXPECT_EQ(pages_, std::vector<int>{1});
  EXPECT_EQ(span().status_message, "slow down");
}

TEST_F(PaginatorTest, does_not_go_round_in_a_circle) {
  const auto status = fetch_all([](const std::string&) { return Page{1, "a"}; });
  ASSERT_FALSE(status);
  EXPECT_EQ(status.error().code, core::Code::protocol);
  EXPECT_EQ(status.error().message, "S3.List: the same page was announced twice");
  EXPECT_EQ(tokens_.size(), 2U);
}

}  // namespace
}  // namespace spawn::aws
