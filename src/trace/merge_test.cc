// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
#include "trace/merge.h"

#include <gtest/gtest.h>

namespace spawn::trace {
namespace {

void add(Trace& trace, std::uint64_t id, std::uint64_t parent, const char* name,
         bool in_progress = false) {
  SpanRecord record;
  record.span_id = {id};
  record.parent_id = {parent};
  record.in_progress = in_progress;
  record.set_name(name);
  trace.spans.push_back(std::move(record));
}

TEST(DropOlderVersions, keeps_the_last_that_ended_in_the_place_of_the_first) {
  Trace trace;
  add(trace, 1, 0, "open", true);
  add(trace, 2, 1, "other");
  add(trace, 1, 0, "ended");
  add(trace, 1, 0, "open again", true);
  add(trace, 3, 1, "last");
  drop_older_versions(trace);
  ASSERT_EQ(trace.spans.size(), 3U);
  EXPECT_EQ(trace.spans[0].name(), "ended");
  EXPECT_EQ(trace.spans[1].name(), "other");
  EXPECT_EQ(trace.spans[2].name(), "last");
}

TEST(ShareResources, takes_the_nearest_above_and_ends_in_circles) {
  Trace trace;
  add(trace, 1, 0, "segment");
  add(trace, 3, 2, "below");
  add(trace, 2, 1, "between");
  add(trace, 4, 5, "circle");
  add(trace, 5, 4, "circle");
  trace.resources.push_back(std::make_unique<const Resource>());
  const Resource* known = trace.resources.back().get();
  trace.spans[0].resource = known;
  share_resources(trace);
  EXPECT_EQ(trace.spans[1].resource, known);
  EXPECT_EQ(trace.spans[2].resource, known);
  EXPECT_NE(trace.spans[3].resource, known);
  EXPECT_NE(trace.spans[3].resource, nullptr);
  EXPECT_EQ(trace.spans[3].resource, trace.spans[4].resource);
}

// A chain of parents is walked once, not once for each span of it.
TEST(ShareResources, is_quick_with_a_chain_of_a_hundred_thousand) {
  Trace trace;
  for (std::uint64_t i = 1; i <= 100'000; ++i) add(trace, i, i - 1, "link");
  share_resources(trace);
  for (const SpanRecord& span : trace.spans) ASSERT_NE(span.resource, nullptr);
}

}  // namespace
}  // namespace spawn::trace
