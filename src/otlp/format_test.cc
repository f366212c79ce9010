// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
#include "otlp/format.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "otlp/test_spans.h"

namespace spawn::otlp {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::SizeIs;
using ::testing::StartsWith;

std::string line() {
  const trace::Resource resource = shop_resource();
  std::vector<trace::SpanRecord> spans;
  spans.push_back(full_span(resource));
  core::CharBuffer out;
  RequestLines().write(spans, {}, out);
  return std::string(out.view());
}

TEST(RequestLines, write_one_line) {
  const std::string text = line();
  EXPECT_EQ(std::ranges::count(text, '\n'), 1);
  EXPECT_TRUE(text.ends_with("}\n"));
}

TEST(RequestLines, read_every_line_and_share_resources) {
  const auto set = RequestLines().read(line() + "\n" + line());
  ASSERT_TRUE(set);
  EXPECT_THAT(set->spans, SizeIs(2));
  EXPECT_EQ(set->problem_count, 0U);
}

TEST(RequestLines, read_a_document_of_many_lines) {
  const auto set = RequestLines().read(
      "{\n \"resourceSpans\": [\n {\"scopeSpans\": [{\"spans\": [{\n"
      "\"traceId\": \"5b8efff798038103d269b633813fc60c\",\n\"spanId\": \"eee19b7ec3c1b174\",\n"
      "\"startTimeUnixNano\": \"1\"}]}]}]}\n");
  ASSERT_TRUE(set) << set.error().message;
  EXPECT_THAT(set->spans, SizeIs(1));
}

TEST(RequestLines, name_the_line_of_a_bad_span_and_of_a_bad_line) {
  const auto set = RequestLines().read(
      line() + "{\"resourceSpans\":[{\"scopeSpans\":[{\"spans\":[{\"traceId\":\"x\"}]}]}]}\n" +
      "{\"resourceSp\n" + line());
  ASSERT_TRUE(set);
  EXPECT_THAT(set->spans, SizeIs(2));
  EXPECT_THAT(set->problems,
              ElementsAre(StartsWith("line 2: resourceSpans[0].scopeSpans[0].spans[0]: traceId"),
                          AllOf(StartsWith("line 3: not valid JSON"), HasSubstr("left out"))));
}

TEST(RequestLines, refuse_a_text_of_another_format) {
  for (const char* text : {"hello", "{\"id\":\"1\"}\n{\"id\":\"2\"}\n"}) {
    EXPECT_FALSE(RequestLines().read(text)) << text;
  }
}

TEST(RequestLines, an_empty_text_has_no_spans) {
  EXPECT_TRUE(RequestLines().read(" \n")->spans.empty());
}

}  // namespace
}  // namespace spawn::otlp
