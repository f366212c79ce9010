// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
//
// What forms there are is shown by tests/golden/xray/cause.txt; here is what must not go wrong.
#include "xray/stack.h"

#include <gtest/gtest.h>

#include <string>

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
