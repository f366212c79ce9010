// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
#include "otlp/json_write.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/json.h"
#include "otlp/json_read.h"
#include "otlp/test_spans.h"

namespace spawn::otlp {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::SizeIs;

std::string written(std::span<const trace::SpanRecord> spans) {
  core::CharBuffer out;
  write_json(spans, out);
  return std::string(out.view());
}

trace::SpanSet read_back(const std::string& text) {
  trace::SpanSet set;
  const auto status = read_json(text, set);
  EXPECT_TRUE(status) << status.error().message;
  EXPECT_EQ(set.problem_count, 0U);
  return set;
}

trace::SpanRecord minimal(const trace::Resource& resource, std::uint64_t id = 2) {
  trace::SpanRecord record;
  record.trace_id = {0, 1};
  record.span_id = {id};
  record.start_ns = 1;
  record.end_ns = 3;
  record.resource = &resource;
  record.set_name("n");
  return record;
}

// Every byte, so that a change of the wire form is seen.
TEST(OtlpJsonWrite, writes_a_small_span_in_the_specifications_form) {
  const trace::Resource resource;
  const trace::SpanRecord record = minimal(resource);
  EXPECT_EQ(written({&record, 1}),
            R"({"resourceSpans":[{"resource":{"attributes":[]},"scopeSpans":[{"scope":{},"spans":[)"
            R"({"traceId":"00000000000000000000000000000001","spanId":"0000000000000002",)"
            R"("flags":256,"name":"n","kind":1,"startTimeUnixNano":"1","endTimeUnixNano":"3",)"
            R"("status":{}}]}]}]})");
}

TEST(OtlpJsonWrite, what_is_written_reads_back_whole) {
  const trace::Resource resource = shop_resource();
  const trace::SpanRecord record = full_span(resource);
  const trace::SpanSet set = read_back(written({&record, 1}));
  ASSERT_THAT(set.spans, SizeIs(1));
  EXPECT_EQ(shown(set.spans[0]), shown(record));
}

TEST(OtlpJsonWrite, puts_fields_where_they_belong_and_not_among_the_attributes) {
  const trace::Resource resource = shop_resource();
  const trace::SpanRecord record = full_span(resource);
  const std::string text = written({&record, 1});
  EXPECT_THAT(text, HasSubstr(R"("scope":{"name":"shop.http","version":"1.2"})"));
  EXPECT_THAT(text, HasSubstr(R"("traceState":"ot=th:8,vendor=x")"));
  EXPECT_THAT(text, HasSubstr(R"("flags":771)"));
  EXPECT_THAT(text, HasSubstr(R"("status":{"message":"it broke","code":2})"));
  EXPECT_THAT(text, HasSubstr(R"({"key":"big","value":{"intValue":"9223372036854775807"}})"));
  EXPECT_THAT(text, Not(HasSubstr("otel.scope")));
  EXPECT_THAT(text, Not(HasSubstr("w3c.tracestate")));
}

TEST(OtlpJsonWrite, groups_by_resource_and_scope) {
  const trace::Resource one = shop_resource();
  const trace::Resource two;
  std::vector<trace::SpanRecord> spans;
  for (std::uint64_t id = 1; id <= 4; ++id) {
    spans.push_back(minimal(id == 2 ? two : one, id));
    if (id == 4) spans.back().set("otel.scope.name", "other");
  }
  const auto json = core::Json::parse(written(spans));
  const auto& groups = *json->find("resourceSpans")->array();
  ASSERT_THAT(groups, SizeIs(2));
  const auto& scopes = *groups[0].find("scopeSpans")->array();
  ASSERT_THAT(scopes, SizeIs(2));
  EXPECT_THAT(*scopes[0].find("spans")->array(), SizeIs(2));
  EXPECT_EQ(scopes[1].find("scope")->text_at("name"), "other");
}

TEST(OtlpJsonWrite, counts_what_the_record_dropped) {
  const trace::Resource resource;
  trace::SpanRecord record = minimal(resource);
  for (int i = 0; i < 130; ++i) record.set("key." + std::to_string(i), i);
  EXPECT_THAT(written({&record, 1}), HasSubstr(R"("droppedAttributesCount":2)"));
}

TEST(OtlpJsonWrite, leaves_the_end_of_a_running_span_out) {
  const trace::Resource resource;
  trace::SpanRecord record = minimal(resource);
  record.in_progress = true;
  EXPECT_THAT(written({&record, 1}), Not(HasSubstr("endTimeUnixNano")));
  EXPECT_TRUE(read_back(written({&record, 1})).spans.at(0).in_progress);
}

TEST(OtlpJsonWrite, an_attribute_of_that_name_and_another_type_stays_an_attribute) {
  const trace::Resource resource;
  trace::SpanRecord record = minimal(resource);
  record.set("otel.scope.name", 7);
  EXPECT_THAT(written({&record, 1}), HasSubstr(R"({"key":"otel.scope.name","value":{"intValue")"));
}

}  // namespace
}  // namespace spawn::otlp
