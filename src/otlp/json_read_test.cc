// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
#include "otlp/json_read.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "otlp/test_spans.h"

namespace spawn::otlp {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

constexpr std::string_view kIds =
    R"("traceId":"5B8EFFF798038103D269B633813FC60C","spanId":"eee19b7ec3c1b174",)"
    R"("startTimeUnixNano":"1544712660000000000","endTimeUnixNano":"1544712661000000000")";

std::string request(std::string_view spans, std::string_view scope = "{}",
                    std::string_view resource = "{}") {
  return fmt::format(
      R"({{"resourceSpans":[{{"resource":{},"scopeSpans":[{{"scope":{},"spans":[{}]}}]}}]}})",
      resource, scope, spans);
}

trace::SpanSet read(std::string_view text) {
  trace::SpanSet set;
  const auto status = read_json(text, set);
  EXPECT_TRUE(status) << status.error().message;
  return set;
}

// The one span that has kIds and these fields besides.
trace::SpanSet read_span(std::string_view more) {
  return read(request(fmt::format("{{{}{}{}}}", kIds, more.empty() ? "" : ",", more)));
}

// The problem of a span that has only these fields.
std::string refusal(std::string_view fields) {
  const trace::SpanSet set = read(request(fmt::format("{{{}}}", fields)));
  EXPECT_EQ(set.refused, 1U);
  EXPECT_THAT(set.spans, IsEmpty());
  return set.problems.empty() ? "" : set.problems.front();
}

trace::OwnedValue value_of(std::string_view any_value) {
  const trace::SpanSet set =
      read_span(fmt::format(R"("attributes":[{{"key":"k","value":{}}}])", any_value));
  const auto value = set.spans.at(0).find("k");
  return value ? value->owned() : trace::OwnedValue("<absent>");
}

// The specification's own example (examples/trace.json of opentelemetry-proto).
TEST(OtlpJson, reads_the_specifications_example) {
  const trace::SpanSet set = read(R"({"resourceSpans":[{
    "resource":{"attributes":[{"key":"service.name","value":{"stringValue":"my.service"}}]},
    "scopeSpans":[{
      "scope":{"name":"my.library","version":"1.0.0",
        "attributes":[{"key":"my.scope.attribute","value":{"stringValue":"some scope attribute"}}]},
      "spans":[{
        "traceId":"5B8EFFF798038103D269B633813FC60C","spanId":"EEE19B7EC3C1B174",
        "parentSpanId":"EEE19B7EC3C1B173","name":"I'm a server span",
        "startTimeUnixNano":"1544712660000000000","endTimeUnixNano":"1544712661000000000","kind":2,
        "attributes":[{"key":"my.span.attr","value":{"stringValue":"some value"}}]}]}]}]})");
  ASSERT_THAT(set.spans, SizeIs(1));
  EXPECT_THAT(set.problems, IsEmpty());
  const trace::SpanRecord& span = set.spans[0];
  EXPECT_EQ(span.trace_id.hex(), "5b8efff798038103d269b633813fc60c");
  EXPECT_EQ(span.span_id.hex(), "eee19b7ec3c1b174");
  EXPECT_EQ(span.parent_id.hex(), "eee19b7ec3c1b173");
  EXPECT_EQ(span.name(), "I'm a server span");
  EXPECT_EQ(span.kind, trace::SpanKind::server);
  EXPECT_EQ(span.start_ns, 1544712660000000000);
  EXPECT_EQ(span.duration_ns(), 1'000'000'000);
  EXPECT_EQ(span.text("my.span.attr"), "some value");
  EXPECT_EQ(span.text("otel.scope.name"), "my.library");
  EXPECT_EQ(span.text("otel.scope.version"), "1.0.0");
  EXPECT_EQ(span.text("otel.scope.my.scope.attribute"), "some scope attribute");
  EXPECT_EQ(span.resource->service_name(), "my.service");
}

TEST(OtlpJson, reads_snake_case_and_names_of_enums_and_numbers_as_numbers) {
  const trace::SpanSet set = read(R"({"resource_spans":[{"scope_spans":[{"spans":[{
    "trace_id":"5b8efff798038103d269b633813fc60c","span_id":"eee19b7ec3c1b174",
    "parent_span_id":"eee19b7ec3c1b173","kind":"SPAN_KIND_CONSUMER","trace_state":"a=b",
    "start_time_unix_nano":1544712660000000000,"end_time_unix_nano":1.544712661e18,
    "dropped_attributes_count":"3",
    "status":{"code":"STATUS_CODE_ERROR","message":"no"}}]}]}]})");
  ASSERT_THAT(set.spans, SizeIs(1));
  const trace::SpanRecord& span = set.spans[0];
  EXPECT_TRUE(span.parent_id.valid());
  EXPECT_EQ(span.kind, trace::SpanKind::consumer);
  EXPECT_EQ(span.end_ns, 1544712661000000000);
  EXPECT_EQ(span.status, trace::StatusCode::error);
  EXPECT_EQ(span.status_message(), "no");
  EXPECT_EQ(span.text("w3c.tracestate"), "a=b");
  EXPECT_EQ(span.find("otel.dropped_attributes_count")->integer(), 3);
}

TEST(OtlpJson, believes_the_remote_bit_only_when_it_is_said_to_be_known) {
  const auto remote = [](int flags) {
    return read_span(fmt::format(R"("flags":{})", flags)).spans.at(0).parent_remote;
  };
  EXPECT_TRUE(remote(0x301));
  EXPECT_FALSE(remote(0x201));
  EXPECT_FALSE(remote(0x101));
  EXPECT_EQ(read_span(R"("flags":257)").spans.at(0).flags, 1);
}

TEST(OtlpJson, reads_every_kind_of_value) {
  EXPECT_EQ(value_of(R"({"stringValue":"x"})"), trace::OwnedValue("x"));
  EXPECT_EQ(value_of(R"({"boolValue":false})"), trace::OwnedValue(false));
  EXPECT_EQ(value_of(R"({"intValue":"-9223372036854775808"})"), trace::OwnedValue(INT64_MIN));
  EXPECT_EQ(value_of(R"({"intValue":7})"), trace::OwnedValue(std::int64_t{7}));
  EXPECT_EQ(value_of(R"({"doubleValue":5})"), trace::OwnedValue(5.0));
  EXPECT_EQ(value_of(R"({"doubleValue":0.5})"), trace::OwnedValue(0.5));
  EXPECT_EQ(value_of(R"({"doubleValue":"-Infinity"})"),
            trace::OwnedValue(-std::numeric_limits<double>::infinity()));
  EXPECT_EQ(value_of(R"({"bytesValue":"AAH/"})"), trace::OwnedValue("AAH/"));
  EXPECT_EQ(value_of(R"({"string_value":"x"})"), trace::OwnedValue("x"));
}

TEST(OtlpJson, keeps_lists_of_one_type_and_writes_out_what_no_attribute_can_be) {
  EXPECT_EQ(value_of(R"({"arrayValue":{"values":[{"intValue":"1"},{"intValue":"2"}]}})"),
            trace::OwnedValue(std::vector<std::int64_t>{1, 2}));
  EXPECT_EQ(value_of(R"({"arrayValue":{"values":[{"intValue":"1"},{"stringValue":"a"}]}})"),
            trace::OwnedValue(R"([1,"a"])"));
  EXPECT_EQ(value_of(R"({"arrayValue":{"values":[{"intValue":"1"},null,{}]}})"),
            trace::OwnedValue("[1,null,null]"));
  EXPECT_EQ(value_of(R"({"kvlistValue":{"values":[{"key":"a","value":{"intValue":"1"}},)"
                     R"({"key":"b","value":{"arrayValue":{"values":[{"boolValue":true}]}}}]}})"),
            trace::OwnedValue(R"({"a":1,"b":[true]})"));
}

TEST(OtlpJson, leaves_an_attribute_without_value_out_silently) {
  const trace::SpanSet set = read_span(R"("attributes":[{"key":"a"},{"key":"b","value":{}},)"
                                       R"({"key":"c","value":{"stringValue":null}}])");
  EXPECT_EQ(set.spans.at(0).attribute_count(), 0U);
  EXPECT_THAT(set.problems, IsEmpty());
}

TEST(OtlpJson, names_a_value_that_cannot_be_read_and_keeps_its_span) {
  const trace::SpanSet set = read_span(R"("attributes":[{"key":"n","value":{"intValue":"many"}},)"
                                       R"({"key":"m","value":{"intValue":"1"}}])");
  ASSERT_THAT(set.spans, SizeIs(1));
  EXPECT_EQ(set.refused, 0U);
  EXPECT_TRUE(set.spans[0].find("m"));
  EXPECT_THAT(
      set.problems,
      ElementsAre("resourceSpans[0].scopeSpans[0].spans[0]: the attribute 'n' was left out: "
                  "intValue: 'many' is no 64-bit whole number"));
}

TEST(OtlpJson, refuses_values_inside_values_without_end) {
  std::string any = R"({"intValue":"1"})";
  for (int i = 0; i < 40; ++i) any = R"({"arrayValue":{"values":[)" + any + "]}}";
  const trace::SpanSet set = read_span(R"("attributes":[{"key":"deep","value":)" + any + "}]");
  EXPECT_THAT(set.problems, ElementsAre(HasSubstr("nested deeper than 32")));
}

TEST(OtlpJson, one_bad_span_never_stops_the_rest) {
  const trace::SpanSet set = read(
      request(fmt::format(R"({{{0}}},{{"name":"bad\u001b","traceId":"xyz"}},17,{{{0}}})", kIds)));
  EXPECT_THAT(set.spans, SizeIs(2));
  EXPECT_EQ(set.refused, 2U);
  EXPECT_THAT(
      set.problems,
      ElementsAre("resourceSpans[0].scopeSpans[0].spans[1] 'bad\\x1b': traceId: 'xyz' is not "
                  "32 hex digits; the span was left out",
                  HasSubstr("spans[2]: 17 is no object; the span was left out")));
}

TEST(OtlpJson, says_what_a_span_lacks) {
  EXPECT_THAT(refusal(R"("spanId":"eee19b7ec3c1b174")"), HasSubstr("traceId is missing or zero"));
  EXPECT_THAT(refusal(R"("traceId":"00000000000000000000000000000000")"),
              HasSubstr("traceId is missing or zero"));
  EXPECT_THAT(refusal(R"("traceId":"5b8efff798038103d269b633813fc60c")"),
              HasSubstr("spanId is missing or zero"));
  EXPECT_THAT(
      refusal(R"("traceId":"5b8efff798038103d269b633813fc60c","spanId":"eee19b7ec3c1b174")"),
      HasSubstr("startTimeUnixNano is missing"));
  EXPECT_THAT(refusal(fmt::format(R"({},"startTimeUnixNano":"18446744073709551615")", kIds)),
              HasSubstr("after the year 2262"));
}

TEST(OtlpJson, knows_base64_ids_and_says_so) {
  EXPECT_THAT(refusal(R"("traceId":"W47/95gDgQPSabYzgT/GDA==")"), HasSubstr("looks like base64"));
  EXPECT_THAT(refusal(fmt::format(R"({},"parentSpanId":"7uGbfsPBsXM=")", kIds)),
              AllOf(HasSubstr("parentSpanId"), HasSubstr("looks like base64")));
}

TEST(OtlpJson, says_where_in_the_span_the_trouble_is) {
  const auto bad = [](std::string_view more) { return refusal(fmt::format("{},{}", kIds, more)); };
  EXPECT_THAT(bad(R"("kind":"SPAN_KIND_BIG")"), HasSubstr("kind: 'SPAN_KIND_BIG' is none of"));
  EXPECT_THAT(bad(R"("flags":-1)"), HasSubstr("flags: -1 is no number"));
  EXPECT_THAT(bad(R"("name":7)"), HasSubstr("name: 7 is no text"));
  EXPECT_THAT(bad(R"("status":{"code":[]})"), HasSubstr("status.code: a list is none of"));
  EXPECT_THAT(bad(R"("status":"ERROR")"), HasSubstr("status: 'ERROR' is no object"));
  EXPECT_THAT(bad(R"("events":{})"), HasSubstr("events: an object is no list"));
  EXPECT_THAT(bad(R"("links":[{},5])"), HasSubstr("links[1]: 5 is no object"));
  EXPECT_THAT(bad(R"("events":[{},{"timeUnixNano":"x"}])"), HasSubstr("events[1].timeUnixNano"));
  EXPECT_THAT(bad(R"("links":[{"spanId":"1"}])"), HasSubstr("links[0].spanId: '1'"));
}

TEST(OtlpJson, reads_events_and_links) {
  const trace::SpanSet set = read_span(
      R"("events":[{"timeUnixNano":"1544712660000000005","name":"e",)"
      R"("attributes":[{"key":"a","value":{"intValue":"1"}}]}],)"
      R"("links":[{"traceId":"5b8efff798038103d269b633813fc60d","spanId":"eee19b7ec3c1b175",)"
      R"("traceState":"x=y","flags":769}])");
  const trace::SpanRecord& span = set.spans.at(0);
  span.for_each_event([&](const trace::SpanRecord::Event& event) {
    EXPECT_EQ(event.name, "e");
    EXPECT_EQ(event.time_ns, 1544712660000000005);
  });
  EXPECT_EQ(span.event_count(), 1U);
  ASSERT_EQ(span.link_count(), 1U);
  span.for_each_link([&](const trace::SpanRecord::Link& link) {
    EXPECT_EQ(link.to.span_id.hex(), "eee19b7ec3c1b175");
    EXPECT_EQ(link.to.flags, 1);
    EXPECT_TRUE(link.to.remote);
    span.for_each_attribute_of(link, [](const trace::Attribute& a) {
      EXPECT_EQ(a.key, "w3c.tracestate");
      EXPECT_EQ(a.value.string(), "x=y");
    });
  });
}

TEST(OtlpJson, a_span_without_end_is_in_progress_and_none_ends_before_it_starts) {
  trace::SpanSet set =
      read(request(R"({"traceId":"5b8efff798038103d269b633813fc60c","spanId":"eee19b7ec3c1b174",)"
                   R"("startTimeUnixNano":"1544712660000000000"})"));
  EXPECT_TRUE(set.spans.at(0).in_progress);
  set = read_span(R"("endTimeUnixNano":"5")");
  EXPECT_FALSE(set.spans.at(0).in_progress);
  EXPECT_EQ(set.spans.at(0).duration_ns(), 0);
}

TEST(OtlpJson, names_whatever_is_no_list_or_object_where_spans_belong) {
  const auto problem = [](std::string_view resource_spans) {
    const trace::SpanSet set = read(fmt::format(R"({{"resourceSpans":[{}]}})", resource_spans));
    EXPECT_EQ(set.refused, 1U) << "what held them";
    EXPECT_EQ(set.problem_count, 1U);
    return set.problems.empty() ? "" : set.problems.front();
  };
  EXPECT_EQ(problem("5"), "resourceSpans[0]: 5 is no object; it was left out");
  EXPECT_EQ(problem(R"({},{"scopeSpans":{}})"),
            "resourceSpans[1].scopeSpans: an object is no list; it was left out");
  EXPECT_EQ(problem(R"({"scopeSpans":[{},[]]})"),
            "resourceSpans[0].scopeSpans[1]: a list is no object; it was left out");
  EXPECT_EQ(problem(R"({"scopeSpans":[{"spans":{"name":"x"}}]})"),
            "resourceSpans[0].scopeSpans[0].spans: an object is no list; it was left out");
  EXPECT_EQ(problem(R"({"instrumentationLibrarySpans":"x"})"),
            "resourceSpans[0].instrumentationLibrarySpans: 'x' is no list; it was left out");
}

TEST(OtlpJson, names_a_resource_or_scope_that_is_wrong_and_keeps_its_spans) {
  const std::string span = fmt::format("{{{}}}", kIds);
  trace::SpanSet set = read(request(span, R"({"name":7,"version":"1"})", R"(["a"])"));
  EXPECT_THAT(
      set.problems,
      ElementsAre("resourceSpans[0].resource: a list is no object; it was left out",
                  "resourceSpans[0].scopeSpans[0].scope.name: 7 is no text; it was left out"));
  EXPECT_EQ(set.refused, 0U);
  EXPECT_EQ(set.spans.at(0).text("otel.scope.version"), "1");
  set = read(request(span, R"({"attributes":[{"key":"k","value":5}]})", R"({"attributes":{}})"));
  EXPECT_THAT(
      set.problems,
      ElementsAre("resourceSpans[0].attributes: an object is no list; it was left out",
                  HasSubstr("resourceSpans[0].scopeSpans[0]: the attribute 'k' was left out")));
  EXPECT_THAT(set.spans, SizeIs(1));
}

TEST(OtlpJson, says_of_a_second_scope_or_resource_that_it_is_not_a_span_of_the_first) {
  const std::string scope = fmt::format(R"({{"scope":5,"spans":[{{{}}}]}})", kIds);
  const std::string resource = R"({"resource":5,"scopeSpans":[)" + scope + "," + scope + "]}";
  EXPECT_THAT(read(R"({"resourceSpans":[)" + resource + "," + resource + "]}").problems,
              ElementsAre(HasSubstr("resourceSpans[0].resource: 5"),
                          HasSubstr("resourceSpans[0].scopeSpans[0].scope: 5"),
                          HasSubstr("resourceSpans[0].scopeSpans[1].scope: 5"),
                          HasSubstr("resourceSpans[1].resource: 5"),
                          HasSubstr("resourceSpans[1].scopeSpans[0].scope: 5"),
                          HasSubstr("resourceSpans[1].scopeSpans[1].scope: 5")));
}

// https://github.com/open-telemetry/opentelemetry-proto/releases/tag/v0.15.0
TEST(OtlpJson, reads_the_name_that_scopes_had_before_2022) {
  const trace::SpanSet set =
      read(fmt::format(R"({{"resourceSpans":[{{"instrumentationLibrarySpans":[{{)"
                       R"("instrumentationLibrary":{{"name":"lib"}},"spans":[{{{}}},{{}}]}}]}},)"
                       R"({{"scopeSpans":[{{"spans":[{{}}]}}]}}]}})",
                       kIds));
  EXPECT_EQ(set.spans.at(0).text("otel.scope.name"), "lib");
  EXPECT_THAT(set.problems,
              ElementsAre(HasSubstr("resourceSpans[0].instrumentationLibrarySpans[0].spans[1]: "),
                          HasSubstr("resourceSpans[1].scopeSpans[0].spans[0]: ")));
}

TEST(OtlpJson, names_values_of_no_shape_that_there_is) {
  const auto problem = [](std::string_view attributes) {
    const trace::SpanSet set = read_span(fmt::format(R"("attributes":{})", attributes));
    EXPECT_THAT(set.spans, SizeIs(1)) << attributes;
    EXPECT_EQ(set.problem_count, 1U) << attributes;
    std::string only = set.problems.empty() ? "" : set.problems.front();
    constexpr std::string_view kPlace = "resourceSpans[0].scopeSpans[0].spans[0]";
    EXPECT_TRUE(only.starts_with(kPlace)) << only;
    return only.substr(std::min(kPlace.size(), only.size()));
  };
  EXPECT_EQ(problem(R"({"a":"x"})"), ".attributes: an object is no list; it was left out");
  EXPECT_EQ(problem(R"([{},"a"])"), ": attributes[1] was left out: 'a' is no object");
  EXPECT_EQ(problem(R"([{"value":{"intValue":1}}])"),
            ": attributes[0] was left out: key: it is missing or empty");
  EXPECT_EQ(problem(R"([{"key":1}])"), ": attributes[0] was left out: key: 1 is no text");
  EXPECT_EQ(
      problem(R"([{"key":"a","value":"x"}])"),
      R"(: the attribute 'a' was left out: value: 'x' is no object such as {"stringValue":"x"})");
  EXPECT_EQ(problem(R"([{"key":"a","value":{"text":"x"}}])"),
            ": the attribute 'a' was left out: value: 'text' is none of stringValue, boolValue, "
            "intValue, doubleValue, bytesValue, arrayValue, kvlistValue");
  EXPECT_EQ(problem(R"([{"key":"a","value":{"arrayValue":[1]}}])"),
            ": the attribute 'a' was left out: arrayValue: a list is no object");
  EXPECT_EQ(problem(R"([{"key":"a","value":{"kvlistValue":{"values":5}}}])"),
            ": the attribute 'a' was left out: kvlistValue.values: 5 is no list");
  EXPECT_EQ(problem(R"([{"key":"a","value":{"kvlistValue":{"values":[7]}}}])"),
            ": the attribute 'a' was left out: kvlistValue.values[0]: 7 is no object");
}

TEST(OtlpJson, keeps_equal_resources_once) {
  const std::string one = fmt::format(
      R"({{"resource":{{"attributes":[{{"key":"service.name","value":{{"stringValue":"a"}}}}]}},)"
      R"("scopeSpans":[{{"spans":[{{{}}}]}}]}})",
      kIds);
  const trace::SpanSet set = read(R"({"resourceSpans":[)" + one + "," + one + "]}");
  ASSERT_THAT(set.spans, SizeIs(2));
  EXPECT_THAT(set.resources, SizeIs(1));
  EXPECT_EQ(set.spans[0].resource, set.spans[1].resource);
}

TEST(OtlpJson, passes_over_what_it_does_not_know) {
  EXPECT_THAT(read_span(R"("newField":{"a":[1]},"schemaUrl":"x","kind":null)").spans, SizeIs(1));
  EXPECT_THAT(read("{}").spans, IsEmpty());
}

TEST(OtlpJson, refuses_what_is_no_request) {
  for (const char* text : {"", "[]", "7", "{\"resourceMetrics\":[]}", "{\"resourceSpans\":{}}",
                           "{\"resourceSpans\":[", "\xff"}) {
    trace::SpanSet set;
    const auto status = read_json(text, set);
    ASSERT_FALSE(status) << text;
    EXPECT_EQ(status.error().code, core::Code::invalid_argument);
  }
}

TEST(OtlpJson, keeps_a_bounded_number_of_problems_and_counts_them_all) {
  std::string spans = "1";
  for (int i = 0; i < 2999; ++i) spans += ",1";
  const trace::SpanSet set = read(request(spans));
  EXPECT_EQ(set.refused, 3000U);
  EXPECT_EQ(set.problem_count, 3000U);
  EXPECT_THAT(set.problems, SizeIs(trace::SpanSet::kMaxProblems));
}

}  // namespace
}  // namespace spawn::otlp
