// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
#include "aws/propagation.h"

#include <gtest/gtest.h>

namespace spawn::aws {
namespace {

const trace::SpanContext kSpan{{0x6553'0e1a'0000'0001, 2}, {3}, trace::kSampled, false};
constexpr const char* kSpelled = "00-65530e1a000000010000000000000002-0000000000000003-01";

TEST(Propagation, brings_back_what_it_put_in) {
  const trace::ContextExtras extras{"ot=th:8,a=b", "", ""};
  Carrier carrier{{"other", "stays"}};
  inject(kSpan, &extras, carrier);
  EXPECT_EQ(
      carrier,
      (Carrier{{"other", "stays"}, {"traceparent", kSpelled}, {"tracestate", "ot=th:8,a=b"}}));
  const auto context = extract(carrier);
  ASSERT_TRUE(context);
  EXPECT_EQ(context->span.trace_id, kSpan.trace_id);
  EXPECT_EQ(context->span.span_id, kSpan.span_id);
  EXPECT_TRUE(context->span.sampled());
  EXPECT_TRUE(context->span.remote);
  EXPECT_EQ(context->extras.tracestate, "ot=th:8,a=b");
}

TEST(Propagation, leaves_no_tracestate_of_another_trace_behind) {
  Carrier carrier{{"traceparent", "old"}, {"tracestate", "old=1"}};
  inject(kSpan, nullptr, carrier);
  EXPECT_EQ(carrier, (Carrier{{"traceparent", kSpelled}}));
}

TEST(Propagation, takes_a_bad_traceparent_for_none_and_drops_a_bad_tracestate_alone) {
  EXPECT_FALSE(extract({}));
  EXPECT_FALSE(extract({{"traceparent", "00-0-0-01"}, {"tracestate", "a=b"}}));
  const auto context = extract({{"traceparent", kSpelled}, {"tracestate", "A=b"}});
  ASSERT_TRUE(context);
  EXPECT_EQ(context->extras.tracestate, "");
}

TEST(Propagation, reads_xrays_header_when_it_names_a_span) {
  const auto context = extract_xray(
      "Root=1-65530e1a-000000010000000000000002;Parent=0000000000000003;Sampled=1;Lineage=a:b");
  ASSERT_TRUE(context);
  EXPECT_EQ(context->span.trace_id, kSpan.trace_id);
  EXPECT_EQ(context->span.span_id, kSpan.span_id);
  EXPECT_TRUE(context->span.sampled());
  EXPECT_TRUE(context->span.remote);
  EXPECT_EQ(context->extras.xray_fields, "Lineage=a:b");
  EXPECT_FALSE(extract_xray("Root=1-65530e1a-000000010000000000000002;Sampled=1"));
  EXPECT_FALSE(extract_xray("garbage"));
  const auto open =
      extract_xray("Root=1-65530e1a-000000010000000000000002;Parent=0000000000000003;Sampled=?");
  ASSERT_TRUE(open);
  EXPECT_FALSE(open->span.sampled());
}

}  // namespace
}  // namespace spawn::aws
