// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include "testing/fakes.h"
#include "trace/jsonl.h"
#include "trace/rate.h"
#include "trace/traceparent.h"
#include "trace/xray_header.h"

namespace spawn::trace {
namespace {

constexpr std::string_view kParent = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";

TEST(Traceparent, goes_there_and_back) {
  const auto context = parse_traceparent(kParent);
  ASSERT_TRUE(context);
  EXPECT_TRUE(context->sampled());
  EXPECT_EQ(format_traceparent(*context), kParent);
}

TEST(Traceparent, keeps_the_random_flag_and_clears_unknown_ones) {
  const std::string head(kParent.substr(0, 53));
  EXPECT_EQ(parse_traceparent(head + "03")->flags, kSampled | kRandom);
  EXPECT_EQ(parse_traceparent(head + "ff")->flags, kSampled | kRandom);
}

TEST(Traceparent, refuses_what_the_specification_calls_invalid) {
  for (const char* text : {"", "00", "ff-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
                           "00-00000000000000000000000000000000-00f067aa0ba902b7-01",
                           "00-4bf92f3577b34da6a3ce929d0e0e4736-0000000000000000-01",
                           "00-4BF92F3577B34DA6A3CE929D0E0E4736-00f067aa0ba902b7-01",
                           "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01-what",
                           "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-1"}) {
    EXPECT_FALSE(parse_traceparent(text)) << text;
  }
}

TEST(Traceparent, reads_the_known_part_of_a_later_version) {
  EXPECT_TRUE(parse_traceparent("cc-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01-more"));
  EXPECT_FALSE(parse_traceparent("cc-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01more"));
}

TEST(Tracestate, takes_keys_by_the_grammar_of_june_2026) {
  for (const char* text : {"foo=1", "foo@=1", "foo@@bar=1", "foo@bar@baz=1", "1a=2"}) {
    EXPECT_EQ(parse_tracestate(text), text);
  }
  EXPECT_TRUE(parse_tracestate(std::string(256, 'k') + "=1"));
  EXPECT_FALSE(parse_tracestate(std::string(257, 'k') + "=1"));
}

TEST(Tracestate, refuses_duplicates_and_more_than_32_members) {
  EXPECT_FALSE(parse_tracestate("a=1,a=2"));
  std::string members;
  for (int i = 0; i < 33; ++i) members += (i == 0 ? "k" : ",k") + std::to_string(i) + "=1";
  EXPECT_FALSE(parse_tracestate(members));
}

TEST(Tracestate, puts_a_changed_member_first) {
  EXPECT_EQ(with_tracestate_member("a=1,ot=th:8,b=2", "ot", "th:0"), "ot=th:0,a=1,b=2");
  EXPECT_EQ(with_tracestate_member("a=1,ot=th:8", "ot", ""), "a=1");
  EXPECT_EQ(tracestate_member("a=1,ot=th:8", "ot"), "th:8");
}

TEST(XRayHeader, keeps_fields_it_does_not_know) {
  const auto header = parse_xray_header(
      "Self=1-2-3;Root=1-5759e988-bd862e3fe1be46a994272793;Parent=53995c3f42cd8ad8;Sampled=1;"
      "Lineage=a:1");
  ASSERT_TRUE(header);
  EXPECT_EQ(header->sampled, XRayHeader::Sampled::yes);
  EXPECT_EQ(
      format_xray_header({*header->root, *header->parent, kSampled, false}, header->unknown_fields),
      "Root=1-5759e988-bd862e3fe1be46a994272793;Parent=53995c3f42cd8ad8;Sampled=1;"
      "Self=1-2-3;Lineage=a:1");
}

TEST(XRayHeader, leaves_the_decision_open_for_a_question_mark) {
  const auto header = parse_xray_header("Root=1-5759e988-bd862e3fe1be46a994272793;Sampled=?");
  ASSERT_TRUE(header);
  EXPECT_EQ(header->sampled, XRayHeader::Sampled::undecided);
  EXPECT_FALSE(parse_xray_header("Parent=53995c3f42cd8ad8"));
}

TEST(Rate, takes_only_numbers_from_0_to_1) {
  EXPECT_TRUE(Rate::from(0.0));
  EXPECT_TRUE(Rate::from(1.0));
  EXPECT_FALSE(Rate::from(2.0));
  EXPECT_FALSE(Rate::from(-0.1));
  EXPECT_FALSE(Rate::from(std::numeric_limits<double>::quiet_NaN()));
}

TEST(Rate, keeps_all_at_one_and_nothing_at_zero) {
  EXPECT_TRUE(Rate::from(1.0)->keeps(0));
  EXPECT_FALSE(Rate::from(0.0)->keeps(0x00FF'FFFF'FFFF'FFFFU));
}

TEST(Rate, keeps_about_a_tenth_of_time_prefixed_ids) {
  testing::FakeRng rng;
  int kept = 0;
  for (int i = 0; i < 10'000; ++i) {
    kept += Rate::from(0.1)->keeps(TraceId{0x6b04'3666'0000'0000U, rng.next()}) ? 1 : 0;
  }
  EXPECT_NEAR(kept, 1000, 100);
}

TEST(Rate, announces_the_threshold_that_it_uses) {
  EXPECT_EQ(Rate::from(1.0)->tracestate_value(), "th:0");
  EXPECT_EQ(Rate::from(0.0)->tracestate_value(), "");
  const std::string value = Rate::from(0.1)->tracestate_value();
  std::string digits = value.substr(3);
  digits.resize(14, '0');
  EXPECT_EQ(std::stoull(digits, nullptr, 16), Rate::from(0.1)->threshold());
}

TEST(JsonLines, a_span_goes_there_and_back) {
  Resource resource;
  resource.set("service.name", std::string("spawn"));
  SpanRecord span;
  span.trace_id = {0x6b04'3666'0000'0001U, 7};
  span.span_id = {8};
  span.parent_id = {9};
  span.start_ns = testing::FakeClock::kStart;
  span.end_ns = span.start_ns + 1'234'567;
  span.kind = SpanKind::client;
  span.resource = &resource;
  span.set_name("S3.GetObject");
  span.set("http.response.status_code", 404);
  span.set_status(StatusCode::error, "no such key");
  span.add_event("retry", span.start_ns + 5);
  core::CharBuffer lines;
  lines.append("a line of the program itself\n");
  write_json_line(span, lines);
  const auto source = JsonLinesSource::parse(lines.view(), "spans.jsonl");
  ASSERT_TRUE(source) << source.error().message;
  const auto trace = (*source)->get(span.trace_id);
  ASSERT_TRUE(trace) << trace.error().message;
  ASSERT_EQ(trace->spans.size(), 1U);
  const SpanRecord& back = trace->spans[0];
  EXPECT_EQ(back.name(), "S3.GetObject");
  EXPECT_EQ(back.kind, SpanKind::client);
  EXPECT_EQ(back.parent_id, span.parent_id);
  EXPECT_EQ(back.start_ns, span.start_ns);
  EXPECT_EQ(back.end_ns, span.end_ns);
  EXPECT_EQ(back.status_message(), "no such key");
  EXPECT_EQ(back.find("http.response.status_code")->integer(), 404);
  EXPECT_EQ(back.event_count(), 1U);
  EXPECT_EQ(back.resource->service_name(), "spawn");
  EXPECT_EQ(trace->notes.size(), 1U);
}

}  // namespace
}  // namespace spawn::trace
