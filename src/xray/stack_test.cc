// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
//
// What forms there are is shown by tests/golden/xray/cause.txt; here is what must not go wrong.
#include "xray/stack.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "testing/fakes.h"

namespace spawn::xray {
namespace {

TEST(Stack, of_nothing_is_one_exception_without_frames) {
  const auto all = parse_stack("");
  ASSERT_EQ(all.size(), 1U);
  EXPECT_TRUE(all[0].frames.empty());
}

TEST(Stack, a_message_of_many_lines_is_no_frame) {
  const auto all = parse_stack("Error: first\nsecond: line\n    third\n    at f (/a.js:1:2)");
  ASSERT_EQ(all.size(), 1U);
  ASSERT_EQ(all[0].frames.size(), 1U);
  EXPECT_EQ(all[0].frames[0].label, "f");
}

TEST(Stack, nested_inner_exceptions_stand_in_the_order_of_their_causes) {
  const auto all = parse_stack(
      "A: a ---> B: b ---> C: c\n   at C.c()\n   --- End of inner exception stack trace ---\n"
      "   at B.b()\n   --- End of inner exception stack trace ---\n   at A.a()");
  ASSERT_EQ(all.size(), 3U);
  EXPECT_EQ(all[0].frames.at(0).label, "A.a()");
  EXPECT_EQ(all[1].type, "B");
  EXPECT_EQ(all[1].frames.at(0).label, "B.b()");
  EXPECT_EQ(all[2].type, "C");
  EXPECT_EQ(all[2].message, "c");
}

TEST(Stack, a_number_too_large_for_a_line_is_no_line) {
  const auto all = parse_stack("at f (/a.js:99999999999999999999)");
  ASSERT_EQ(all[0].frames.size(), 1U);
  EXPECT_EQ(all[0].frames[0].line, 0);
}

std::vector<std::string> labels_of(const StackedException& exception) {
  std::vector<std::string> labels;
  for (const Frame& frame : exception.frames) labels.emplace_back(frame.label);
  return labels;
}

TEST(Stack, a_cause_of_what_was_suppressed_is_no_cause_of_the_exception) {
  const auto all = parse_stack(
      "A: a\n\tat x.A.a(A.java:1)\n\tSuppressed: B: b\n\t\tat x.B.b(B.java:1)\n"
      "\tCaused by: C: c\n\t\tat x.C.c(C.java:1)\n\t\t... 1 more\n"
      "Caused by: D: d\n\tat x.D.d(D.java:1)\n\t... 2 more");
  ASSERT_EQ(all.size(), 2U);
  EXPECT_EQ(labels_of(all[0]), std::vector<std::string>{"x.A.a"});
  EXPECT_EQ(all[0].left_out, 0U);
  EXPECT_EQ(all[1].type, "D");
  EXPECT_EQ(labels_of(all[1]), std::vector<std::string>{"x.D.d"});
  EXPECT_EQ(all[1].left_out, 2U);
}

TEST(Stack, a_cause_ends_what_was_suppressed_in_a_text_without_blanks_too) {
  const auto all = parse_stack("A: a\nSuppressed: B: b\nat x.B.b(B.java:1)\nCaused by: D: d");
  ASSERT_EQ(all.size(), 2U);
  EXPECT_EQ(all[1].type, "D");
}

TEST(Stack, of_an_aggregate_the_first_inner_exception_is_the_cause_and_the_others_are_passed_over) {
  const auto all = parse_stack(
      "O: o\n ---> A: all (b) (c)\n ---> B: b\n   at B.b() in /b.cs:line 1\n"
      "   --- End of inner exception stack trace ---\n   at A.a() in /a.cs:line 2\n"
      " ---> (Inner Exception #1) A: again (d)\n ---> D: d\n   at D.d()\n"
      "   --- End of inner exception stack trace ---\n   at C.c()\n"
      " ---> (Inner Exception #0) D: d\n   at D.d()<---\n\n"
      "   --- End of inner exception stack trace ---\n   at X.x()<---\n\n"
      " ---> (Inner Exception #2) E: e<---\n\n"
      "   --- End of inner exception stack trace ---\n   at O.o() in /o.cs:line 3");
  ASSERT_EQ(all.size(), 3U);
  EXPECT_EQ(labels_of(all[0]), std::vector<std::string>{"O.o()"});
  EXPECT_EQ(all[1].type, "A");
  EXPECT_EQ(labels_of(all[1]), std::vector<std::string>{"A.a()"});
  EXPECT_EQ(all[2].type, "B");
  EXPECT_EQ(labels_of(all[2]), std::vector<std::string>{"B.b()"});
}

TEST(Stack, a_group_has_its_own_frames_and_may_be_the_cause_of_another) {
  const auto all = parse_stack(
      "  + Exception Group Traceback (most recent call last):\n"
      "  |   File \"/g.py\", line 18, in main\n  |     b()\n  |     ^^^\n"
      "  |   File \"/g.py\", line 16, in b\n  |     raise ExceptionGroup(\"eg\", es)\n"
      "  | ExceptionGroup: eg (2 sub-exceptions)\n"
      "  +-+---------------- 1 ----------------\n"
      "    | Exception Group Traceback (most recent call last):\n"
      "    |   File \"/g.py\", line 14, in c\n    | ExceptionGroup: in (1 sub-exception)\n"
      "    +-+---------------- 1 ----------------\n      | KeyError: 'k'\n"
      "      +------------------------------------\n"
      "    +---------------- 2 ----------------\n    | ValueError: v\n"
      "    +------------------------------------\n\n"
      "The above exception was the direct cause of the following exception:\n\n"
      "Traceback (most recent call last):\n  File \"/g.py\", line 19, in main\n"
      "RuntimeError: late\n");
  ASSERT_EQ(all.size(), 2U);
  EXPECT_EQ(labels_of(all[0]), std::vector<std::string>{"main"});
  EXPECT_EQ(all[1].type, "ExceptionGroup");
  EXPECT_EQ(all[1].message, "eg (2 sub-exceptions)");
  EXPECT_EQ(labels_of(all[1]), (std::vector<std::string>{"b", "main"}));
}

TEST(Stack, what_only_has_an_at_sign_in_it_is_no_frame_of_a_browser) {
  EXPECT_TRUE(
      parse_stack("Error: bob@db:5432:1\nmail bob@https://shop.example").at(0).frames.empty());
}

// Any order of pieces of stacks: nothing breaks, and every view is within the text.
TEST(Stack, of_any_text_stays_within_it) {
  constexpr const char* kPieces[] = {"at ",
                                     "(",
                                     ")",
                                     ":",
                                     "12",
                                     "\n",
                                     "\t",
                                     "#0 ",
                                     "0# ",
                                     " in ",
                                     " at ",
                                     "File \"",
                                     "\"",
                                     ", line ",
                                     "@ ",
                                     "0x1 ",
                                     " [0x1]",
                                     "+0x1",
                                     "Caused by: ",
                                     "... ",
                                     " more",
                                     "---> ",
                                     "--- End of inner exception",
                                     ".go",
                                     "Source \"",
                                     "é",
                                     "The above exception was the direct cause",
                                     ", in ",
                                     ":line ",
                                     "Suppressed: ",
                                     "---> (Inner Exception #",
                                     "<---",
                                     "+-+---",
                                     "  | ",
                                     "@",
                                     "https://",
                                     "async ",
                                     "created by ",
                                     "Traceback"};
  testing::FakeRng rng;
  for (int round = 0; round < 20'000; ++round) {
    std::string text;
    for (std::size_t i = rng.next() % 30; i > 0; --i) {
      text += kPieces[rng.next() % std::size(kPieces)];
    }
    const auto within = [&](std::string_view view) {
      return view.empty() ||
             (view.data() >= text.data() && view.data() + view.size() <= text.data() + text.size());
    };
    const auto all = parse_stack(text);
    ASSERT_FALSE(all.empty());
    for (const StackedException& exception : all) {
      ASSERT_TRUE(within(exception.type) && within(exception.message)) << text;
      for (const Frame& frame : exception.frames) {
        ASSERT_TRUE(within(frame.path) && within(frame.label)) << text;
        ASSERT_GE(frame.line, 0);
      }
    }
  }
}

}  // namespace
}  // namespace spawn::xray
