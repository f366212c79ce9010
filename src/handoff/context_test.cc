// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
#include "handoff/context.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace spawn::handoff {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;

constexpr std::string_view kOfRow = "00-65f0000011112222333344445555aaaa-00f067aa0ba902b7-01";
constexpr std::string_view kOfTag = "00-65f0000099992222333344445555bbbb-00f067aa0ba902b8-00";
constexpr std::int64_t kNow = 1'800'000'000;

LaunchId id() { return *LaunchId::parse("words"); }

Row launch_row() {
  Row row;
  row.job_array_id = "words";
  row.instance_id = kLaunchRow;
  row.expires_at = kNow + 60;
  row.traceparent = kOfRow;
  row.tracestate = "ot=th:8";
  return row;
}

TEST(FindContext, prefers_the_registrys_row) {
  const auto found = find_context(id(), launch_row(), kOfTag, "", kNow);
  ASSERT_TRUE(found.context);
  EXPECT_EQ(found.context->span.trace_id.hex(), "65f0000011112222333344445555aaaa");
  EXPECT_TRUE(found.context->span.sampled());
  EXPECT_TRUE(found.context->span.remote);
  EXPECT_EQ(found.context->extras.tracestate, "ot=th:8");
  EXPECT_EQ(to_string(found.source), "registry");
  EXPECT_EQ(found.complaint, "");
}

TEST(FindContext, falls_back_to_the_tag_when_the_registry_is_down_and_says_so) {
  const core::Result<Row> down = core::fail(core::Code::unavailable, "DynamoDB GetItem: refused");
  const auto found = find_context(id(), down, kOfTag, "a=b", kNow);
  ASSERT_TRUE(found.context);
  EXPECT_EQ(found.context->span.trace_id.hex(), "65f0000099992222333344445555bbbb");
  EXPECT_FALSE(found.context->span.sampled());
  EXPECT_EQ(found.context->extras.tracestate, "a=b");
  EXPECT_EQ(to_string(found.source), "tag");
  EXPECT_THAT(found.complaint, AllOf(HasSubstr("refused"), HasSubstr("tags")));
}

TEST(FindContext, takes_no_row_that_is_expired_malformed_or_of_another_launch) {
  Row expired = launch_row();
  expired.expires_at = kNow;
  Row malformed = launch_row();
  malformed.traceparent = "00-zz\x1b";
  Row foreign = launch_row();
  foreign.job_array_id = "others";
  Row member = launch_row();
  member.instance_id = "i-1";
  for (const Row& row : {expired, malformed, foreign, member}) {
    EXPECT_EQ(find_context(id(), row, kOfTag, "", kNow).source, ContextSource::tag);
    const auto without = find_context(id(), row, "", "", kNow);
    EXPECT_FALSE(without.context);
    EXPECT_EQ(without.source, ContextSource::none);
    EXPECT_THAT(without.complaint, HasSubstr("a new trace begins"));
    EXPECT_THAT(without.complaint, ::testing::Not(HasSubstr("\x1b")));
  }
}

TEST(FindContext, a_row_without_an_end_does_not_expire) {
  Row row = launch_row();
  row.expires_at = 0;
  EXPECT_EQ(find_context(id(), row, "", "", kNow).source, ContextSource::registry);
}

TEST(FindContext, a_bad_tag_begins_a_new_trace_and_is_named) {
  const auto found = find_context(std::nullopt, std::nullopt, "nonsense", "", kNow);
  EXPECT_FALSE(found.context);
  EXPECT_THAT(found.complaint, AllOf(HasSubstr("spawn:traceparent"), HasSubstr("nonsense")));
}

TEST(FindContext, nothing_to_take_is_nothing_to_complain_about) {
  const auto found = find_context(std::nullopt, std::nullopt, "", "", kNow);
  EXPECT_FALSE(found.context);
  EXPECT_EQ(found.complaint, "");
}

TEST(ContextIn, an_invalid_tracestate_is_as_if_it_were_not_there) {
  EXPECT_EQ(context_in(kOfRow, "UPPER=case")->extras.tracestate, "");
}

TEST(TextOf, is_read_back_as_it_was) {
  const auto context = context_in(kOfRow, "ot=th:8");
  const ContextText text = text_of(context->span, &context->extras);
  EXPECT_EQ(text.traceparent, kOfRow);
  EXPECT_EQ(text.tracestate, "ot=th:8");
  EXPECT_EQ(text_of(context->span, nullptr).tracestate, "");
}

}  // namespace
}  // namespace spawn::handoff
