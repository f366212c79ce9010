// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
#include "xray/forest.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <functional>
#include <string>
#include <unordered_set>

#include "trace/attributes.h"

namespace spawn::xray {
namespace {

using ::testing::ElementsAre;

constexpr std::int64_t kMs = 1'000'000;
const trace::Resource kOther;

class ForestTest : public ::testing::Test {
 protected:
  // The ids are numbers; 0 is no parent.
  trace::SpanRecord& add(std::uint64_t id, std::uint64_t parent) {
    trace::SpanRecord& span = spans_.emplace_back();
    span.trace_id = {1, 1};
    span.span_id = {id};
    span.parent_id = {parent};
    span.end_ns = 5 * kMs;
    return span;
  }
  // "1(2 3(4)) 5": a document each, with what is in it.
  std::string planted(bool apart = false) {
    forest_.plant(spans_, apart, announced_);
    return text();
  }
  std::string text() const {
    std::string all;
    const std::function<void(std::uint32_t)> tell = [&](std::uint32_t at) {
      all += std::to_string(forest_.span(at).span_id.value);
      std::uint32_t child = forest_.first_child(at);
      if (child == Forest::kNone) return;
      all += "(";
      for (; child != Forest::kNone; child = forest_.next(child)) {
        if (!all.ends_with('(')) all += " ";
        tell(child);
      }
      all += ")";
    };
    for (const std::uint32_t root : forest_.roots()) {
      if (!all.empty()) all += " ";
      tell(root);
    }
    return all;
  }

  std::vector<trace::SpanRecord> spans_;
  std::unordered_set<std::uint64_t> announced_;
  Forest forest_;
};

TEST_F(ForestTest, children_go_below_their_parents_in_the_order_they_came) {
  add(4, 3);  // children end before their parents
  add(2, 1);
  add(3, 1);
  add(1, 0);
  add(5, 9);  // whose parent is elsewhere
  EXPECT_EQ(planted(), "1(2 3(4)) 5");
  EXPECT_EQ(planted(true), "4 2 3 1 5");
  EXPECT_EQ(planted(), "1(2 3(4)) 5");
}

TEST_F(ForestTest, a_span_that_needs_a_document_of_its_own_has_one) {
  struct {
    const char* why;
    std::function<void(trace::SpanRecord&)> make;
    const char* planted;
  } const rows[] = {
      {"nothing", [](auto&) {}, "1(2)"},
      {"its parent is in another process", [](auto& s) { s.parent_remote = true; }, "1 2"},
      {"it has not ended", [](auto& s) { s.in_progress = true; }, "1 2"},
      {"it may have been sent while it was open", [](auto& s) { s.end_ns = 1000 * kMs; }, "1 2"},
      {"it links to others",
       [](auto& s) {
         s.add_link({{2, 2}, {3}, 1, true});
       },
       "1 2"},
      {"it serves", [](auto& s) { s.kind = trace::SpanKind::server; }, "1 2"},
      {"it consumes", [](auto& s) { s.kind = trace::SpanKind::consumer; }, "1 2"},
      {"it was never ended by its process",
       [](auto& s) {
         s.set_status(trace::StatusCode::error);
         s.set(trace::key::kUnfinished, true);
       },
       "1 2"},
      {"it is of another service", [](auto& s) { s.resource = &kOther; }, "1 2"},
      {"it calls, which may be inside", [](auto& s) { s.kind = trace::SpanKind::client; }, "1(2)"},
  };
  for (const auto& row : rows) {
    spans_.clear();
    add(1, 0);
    row.make(add(2, 1));
    EXPECT_EQ(planted(), row.planted) << row.why;
  }
}

TEST_F(ForestTest, a_circle_is_broken_and_loses_nobody) {
  add(1, 3);
  add(2, 1);
  add(3, 2);
  add(7, 7);
  EXPECT_EQ(planted(), "2(3(1)) 7");
}

TEST_F(ForestTest, a_span_that_was_announced_has_its_own_document_replaced) {
  add(2, 1);
  add(3, 1);
  add(1, 0);
  announced_ = {3};
  EXPECT_EQ(planted(), "3 1(2)");
}

TEST_F(ForestTest, no_document_is_deeper_than_its_readers_like) {
  for (std::uint64_t i = 1; i <= 2 * kDeepest + 5; ++i) add(i, i - 1);
  (void)planted();
  EXPECT_THAT(forest_.roots(), ElementsAre(0, kDeepest, 2 * kDeepest));
  std::ranges::reverse(spans_);  // as they end
  (void)planted();
  EXPECT_THAT(forest_.roots(), ElementsAre(4, kDeepest + 4, 2 * kDeepest + 4));
}

TEST_F(ForestTest, what_is_cut_gets_documents_of_its_own_with_what_is_below) {
  for (const std::uint64_t child : {2, 3, 4}) add(child, 1);
  add(5, 3);
  add(1, 0);
  EXPECT_EQ(planted(), "1(2 3(5) 4)");
  forest_.cut_one(4, 0);
  EXPECT_EQ(text(), "1(2 4) 3(5)");
  EXPECT_EQ(forest_.root_of(0), 4U);
  EXPECT_EQ(forest_.root_of(3), 1U);
  forest_.cut_rest(4, Forest::kNone);
  EXPECT_EQ(text(), "1 3(5) 2 4");
  EXPECT_EQ(forest_.root_of(0), 0U);
}

}  // namespace
}  // namespace spawn::xray
