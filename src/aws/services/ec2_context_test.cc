// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
#include "aws/services/ec2_context.h"

#include <gtest/gtest.h>

namespace spawn::aws::ec2 {
namespace {

const trace::SpanContext kSpan{
    {0x0af7651916cd43dd, 0x8448eb211c80319c}, {0xb7ad6b7169203331}, trace::kSampled, false};

TEST(ContextTags, say_a_context_and_give_it_back) {
  const trace::ContextExtras extras{"ot=th:8,vendor=x", "", ""};
  const Tags tags = context_tags(kSpan, &extras);
  EXPECT_EQ(tags,
            (Tags{{"spawn:traceparent", "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"},
                  {"spawn:tracestate", "ot=th:8,vendor=x"}}));
  const auto context = context_of(tags);
  ASSERT_TRUE(context);
  EXPECT_EQ(context->span.trace_id, kSpan.trace_id);
  EXPECT_EQ(context->span.span_id, kSpan.span_id);
  EXPECT_TRUE(context->span.sampled());
  EXPECT_EQ(context->extras.tracestate, "ot=th:8,vendor=x");
}

TEST(ContextTags, keep_the_front_of_a_tracestate_that_no_tag_can_hold) {
  const std::string front = "a=" + std::string(200, 'x');
  const trace::ContextExtras extras{front + ",b=" + std::string(52, 'y') + ",c=1", "", ""};
  EXPECT_EQ(context_tags(kSpan, &extras).at("spawn:tracestate"), front);
  const trace::ContextExtras none{"a=" + std::string(256, 'x'), "", ""};
  EXPECT_EQ(context_tags(kSpan, &none).count("spawn:tracestate"), 0U);
  EXPECT_EQ(context_tags(kSpan, nullptr).size(), 1U);
}

TEST(ContextTags, of_others_are_not_ours) {
  EXPECT_FALSE(context_of({}));
  EXPECT_FALSE(
      context_of({{"traceparent", "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"}}));
  EXPECT_FALSE(context_of({{"spawn:traceparent", "00-nonsense"}}));
}

}  // namespace
}  // namespace spawn::aws::ec2
