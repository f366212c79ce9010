// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
#include "view/breakage.h"

#include <gtest/gtest.h>

#include "view/test_trace.h"

namespace spawn::view {
namespace {

std::vector<std::string> texts_of(TestTrace& trace) {
  std::vector<std::string> texts;
  for (const Breakage& one : find_breakages(trace.get(), build_tree(trace.get()))) {
    texts.push_back(one.text);
  }
  return texts;
}
using Texts = std::vector<std::string>;

TEST(Breakage, a_whole_trace_has_none) {
  TestTrace t;
  t.add(1, 0, "root", 0, 10).add(2, 1, "child", 1, 20);
  EXPECT_EQ(texts_of(t), Texts());
}

TEST(Breakage, a_parent_that_is_not_here) {
  TestTrace t;
  t.add(1, 9, "a", 0, 10).add(2, 8, "b", 0, 10).add(3, 1, "c", 0, 10);
  EXPECT_EQ(texts_of(t), Texts({"2 spans: the parent is not in this trace (still running, lost, or "
                                "recorded elsewhere)"}));
}

TEST(Breakage, parents_in_a_circle) {
  TestTrace t;
  t.add(1, 2, "a", 0, 10).add(2, 1, "b", 0, 10);
  EXPECT_EQ(texts_of(t), Texts({"1 span: the parents form a circle, which is cut here"}));
}

TEST(Breakage, clocks_that_differ_say_whose_and_how_much) {
  TestTrace t;
  t.add(1, 0, "launch", 5000, 6000).add(2, 1, "boot", 2500, 9000).service("spored");
  t.add(3, 1, "boot", 4000, 9000).service("spored");
  EXPECT_EQ(texts_of(t), Texts({"2 spans began before the span that caused them, up to 2.5 s: the "
                                "clocks of spawn and spored differ"}));
}

TEST(Breakage, less_than_a_millisecond_is_no_skew) {
  TestTrace t;
  t.add(1, 0, "launch", 5, 10).add(2, 1, "boot", 4.2, 9).service("spored");
  EXPECT_EQ(texts_of(t), Texts());
}

TEST(Breakage, what_runs_and_what_was_left_behind) {
  TestTrace t;
  t.add(1, 0, "job", 0, 0).running().add(2, 1, "step", 0, 5).set("spawn.unfinished", true);
  EXPECT_EQ(texts_of(t), Texts({"1 span had not ended when this was read",
                                "1 span never ended: the process was gone, and "
                                "a successor closed what it found "
                                "open"}));
}

TEST(Breakage, a_trace_that_was_cut_or_goes_on) {
  TestTrace t;
  t.add(1, 0, "a", 0, 1).set("spawn.continues", "1-69573385-000000000000000000000001\x1b[2J");
  t.get().limit_exceeded = true;
  EXPECT_EQ(texts_of(t), Texts({"X-Ray dropped parts of this trace: it is over the size limit",
                                "it goes on from trace "
                                "1-69573385-000000000000000000000001\\x1b[2J, which X-Ray "
                                "found too large"}));
}

}  // namespace
}  // namespace spawn::view
