// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
#include "view/critical_path.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "view/test_trace.h"

namespace spawn::view {
namespace {

double ms(std::int64_t ns) { return static_cast<double>(ns - TestTrace::kStart) / 1e6; }

// "root 0-100, child 100-200"
std::string path_of(TestTrace& trace) {
  const Tree tree = build_tree(trace.get());
  std::string text;
  for (const PathPiece& piece : critical_path(tree)) {
    text += fmt::format("{}{} {}-{}", text.empty() ? "" : ", ", tree.rows[piece.row].span->name(),
                        ms(piece.start_ns), ms(piece.end_ns));
  }
  return text;
}

std::string selves_of(TestTrace& trace) {
  const Tree tree = build_tree(trace.get());
  const auto times = self_times(tree);
  std::string text;
  for (std::size_t row = 0; row < times.size(); ++row) {
    text += fmt::format("{}{} {}", text.empty() ? "" : ", ", tree.rows[row].span->name(),
                        static_cast<double>(times[row]) / 1e6);
  }
  return text;
}

TEST(CriticalPath, leads_through_what_ended_last_before) {
  TestTrace t;
  t.add(1, 0, "root", 0, 100);
  t.add(2, 1, "first", 10, 30);
  t.add(3, 1, "short", 40, 60);
  t.add(4, 1, "long", 40, 80);
  t.add(5, 4, "inner", 50, 70);
  EXPECT_EQ(path_of(t),
            "root 0-10, first 10-30, root 30-40, long 40-50, inner "
            "50-70, long 70-80, root 80-100");
}

TEST(CriticalPath, of_overlapping_children_each_is_on_it_until_the_next_began) {
  TestTrace t;
  t.add(1, 0, "root", 0, 100).add(2, 1, "a", 0, 60).add(3, 1, "b", 50, 100);
  EXPECT_EQ(path_of(t), "a 0-50, b 50-100");
}

TEST(CriticalPath, goes_on_below_a_span_that_ended_before_its_children) {
  TestTrace t;
  t.add(1, 0, "launch", 0, 20).add(2, 1, "boot", 50, 100).service("spored");
  EXPECT_EQ(path_of(t), "launch 0-20, boot 50-100");
}

TEST(CriticalPath, takes_a_span_that_runs_to_last_until_now) {
  TestTrace t;
  t.add(1, 0, "job", 0, 0).running().add(2, 1, "step", 10, 40);
  EXPECT_EQ(path_of(t), "job 0-10, step 10-40");
  t.add(3, 1, "next", 60, 0).running();
  EXPECT_EQ(path_of(t), "job 0-10, step 10-40, job 40-60");
}

TEST(CriticalPath, is_of_the_root_that_lasts_longest) {
  TestTrace t;
  t.add(1, 0, "short", 0, 10).add(2, 77, "orphan", 5, 90);
  EXPECT_EQ(path_of(t), "orphan 5-90");
}

TEST(CriticalPath, of_nothing_is_nothing) {
  TestTrace t;
  EXPECT_EQ(path_of(t), "");
}

TEST(CriticalPath, does_not_mind_many_levels_or_children) {
  TestTrace deep;
  for (std::uint64_t i = 1; i <= 100'000; ++i) deep.add(i, i - 1, "s", 0, 1);
  EXPECT_EQ(critical_path(build_tree(deep.get())).size(), 1U);
  TestTrace wide;
  wide.add(1, 0, "root", 0, 200'000);
  for (std::uint64_t i = 2; i <= 100'000; ++i) {
    wide.add(i, 1, "s", static_cast<double>(2 * i), static_cast<double>(2 * i + 1));
  }
  EXPECT_EQ(critical_path(build_tree(wide.get())).size(), 199'998U);
}

TEST(SelfTimes, are_what_children_leave) {
  TestTrace t;
  t.add(1, 0, "root", 0, 100);
  t.add(2, 1, "a", 10, 40).add(3, 1, "b", 30, 60).add(4, 1, "late", 90, 150);
  t.add(5, 3, "c", 30, 60);
  EXPECT_EQ(selves_of(t), "root 40, a 30, b 0, c 30, late 60");
}

TEST(SelfTimes, a_child_that_began_before_its_parent_takes_only_what_is_shared) {
  TestTrace t;
  t.add(1, 0, "root", 50, 100).add(2, 1, "skewed", 0, 70);
  EXPECT_EQ(selves_of(t), "root 30, skewed 70");
}

}  // namespace
}  // namespace spawn::view
