// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
#include "view/waterfall.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/text.h"
#include "view/duration.h"
#include "view/test_trace.h"
#include "view/tree.h"

namespace spawn::view {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

TestTrace wordcount() {
  TestTrace trace;
  trace.add(1, 0, "wordcount", 0, 1000);
  trace.add(2, 1, "S3.PutObject", 100, 300).aws("PutObject", "REQ1").status(200);
  trace.add(3, 2, "attempt 1", 100, 150).error("SlowDown", "slow down").status(503);
  trace.add(4, 2, "attempt 2", 200, 300).status(200);
  trace.add(5, 1, "S3.GetObject", 500, 600)
      .aws("GetObject", "REQ2")
      .status(404)
      .error("NoSuchKey", "The specified key does not exist.");
  return trace;
}

TEST(Waterfall, shows_names_errors_request_ids_and_attempts) {
  TestTrace trace = wordcount();
  const std::string text = waterfall(trace.get(), {100, false, true});
  for (const char* part :
       {"wordcount", "S3.PutObject", "REQ1", "attempt 2", "NoSuchKey", "REQ2", "404"}) {
    EXPECT_THAT(text, HasSubstr(part));
  }
  EXPECT_THAT(text, Not(HasSubstr("\x1b")));
}

TEST(Waterfall, names_the_traces_that_a_span_is_linked_to) {
  TestTrace trace;
  trace.add(1, 0, "job", 0, 1000);
  const auto id = [](std::uint64_t low) { return trace::TraceId{0x65f0a1b200000000, low}; };
  trace.last().add_link({trace.get().id, {7}});  // of this trace: nothing to go to
  for (const std::uint64_t low : {1U, 2U, 2U, 3U, 4U, 5U}) {
    trace.last().add_link({id(low), {8}});
  }
  EXPECT_THAT(waterfall(trace.get(), {200, false, true}),
              HasSubstr("\n   linked to trace " + id(1).xray() + ", " + id(2).xray() + ", " +
                        id(3).xray() + " and 2 more\n"));
}

TEST(Waterfall, tells_the_exception_of_a_failure_without_a_message_and_no_status_twice) {
  TestTrace trace;
  trace.add(1, 0, "GET /", 0, 1000).error("503", "503").status(503);
  trace.add(2, 1, "SELECT", 100, 200).error("", "");
  trace.last().add_event("exception", TestTrace::at(150));
  trace.last().set_on_last("exception.type", std::string("SQLException"));
  const std::string text = waterfall(trace.get(), {100, false, true});
  EXPECT_THAT(text, HasSubstr("│  503\n└─"));
  EXPECT_THAT(text, HasSubstr("SQLException"));
}

TEST(Waterfall, is_plain_ascii_when_asked) {
  TestTrace trace = wordcount();
  for (const char c : waterfall(trace.get(), {80, false, false})) {
    EXPECT_LT(static_cast<unsigned char>(c), 0x80);
  }
}

TEST(Waterfall, never_is_wider_than_told) {
  TestTrace trace = wordcount();
  for (const std::size_t width : {60U, 100U, 200U}) {
    for (const auto line : core::split(waterfall(trace.get(), {width, false, false}), '\n')) {
      EXPECT_LE(line.size(), width) << line;
    }
  }
}

TEST(Waterfall, shows_control_characters_as_escapes) {
  TestTrace trace;
  trace.add(1, 0, "evil \x1b[31m name", 0, 1);
  EXPECT_THAT(waterfall(trace.get(), {100, false, true}), Not(HasSubstr("\x1b[31m")));
}

TEST(Tree, breaks_cycles_and_marks_missing_parents) {
  TestTrace trace;
  trace.add(1, 2, "a", 0, 1).add(2, 1, "b", 0, 1).add(3, 99, "orphan", 0, 1);
  const Tree tree = build_tree(trace.get());
  ASSERT_EQ(tree.rows.size(), 3U);
  EXPECT_TRUE(tree.rows[0].cut_circle);
  EXPECT_EQ(tree.rows[1].parent, 0U);
  EXPECT_FALSE(tree.rows[1].cut_circle);
  EXPECT_TRUE(tree.rows[2].missing_parent);
}

TEST(Tree, is_depth_first_and_siblings_go_by_time) {
  TestTrace trace;
  trace.add(4, 1, "late", 5, 6).add(3, 2, "inside", 2, 3).add(2, 1, "early", 1, 4);
  trace.add(1, 0, "root", 0, 9);
  std::string names;
  for (const TreeRow& row : build_tree(trace.get()).rows) {
    names.append(row.span->name()).append(" ");
  }
  EXPECT_EQ(names, "root early inside late ");
}

TEST(Duration, is_short_and_has_a_unit) {
  EXPECT_EQ(duration_text(1'234'000'000), "1.234 s");
  EXPECT_EQ(duration_text(56'700'000), "56.7 ms");
  EXPECT_EQ(duration_text(890'000, false), "890 us");
  EXPECT_EQ(duration_text(890), "890 ns");
  EXPECT_EQ(duration_text(0), "0 ms");
  EXPECT_EQ(duration_text(61'200'000'000), "1 min 1 s");
  EXPECT_EQ(duration_text(3'720'000'000'000), "1 h 2 min");
}

TEST(Duration, never_says_a_thousand_of_the_smaller_unit) {
  EXPECT_EQ(duration_text(999'400), "999 µs");
  EXPECT_EQ(duration_text(999'600), "1 ms");
  EXPECT_EQ(duration_text(999'600'000), "1 s");
  EXPECT_EQ(duration_text(59'996'000'000), "1 min 0 s");
}

}  // namespace
}  // namespace spawn::view
