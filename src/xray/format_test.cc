// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
#include "xray/format.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "xray/test_records.h"

namespace spawn::xray {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::SizeIs;

constexpr std::string_view kSegment =
    R"({"id":"53995c3f42cd8ad8","trace_id":"1-58406520-a006649127e371903a2de979","name":"shop",)"
    R"("start_time":1480615200.25,"end_time":1480615200.5})";

TEST(DocumentLines, name_the_line_that_is_no_document_and_read_the_rest) {
  const auto set =
      DocumentLines().read(std::string(kSegment) + "\n\n{\"id\":\"zz\"}\n" + std::string(kSegment));
  ASSERT_TRUE(set) << set.error().message;
  EXPECT_THAT(set->spans, SizeIs(2));
  EXPECT_EQ(set->refused, 1U);
  EXPECT_THAT(set->problems, ElementsAre(HasSubstr("line 3: a document has no valid id")));
}

TEST(DocumentLines, refuse_a_text_without_any_document) {
  const auto set = DocumentLines().read("hello\nworld\n");
  ASSERT_FALSE(set);
  EXPECT_THAT(set.error().message, HasSubstr("no line of it is an X-Ray segment document"));
}

TEST(DocumentLines, an_empty_text_has_no_spans) {
  EXPECT_TRUE(DocumentLines().read("")->spans.empty());
}

TEST(DocumentLines, give_a_subsegment_the_resource_of_its_segment) {
  const auto set = DocumentLines().read(
      std::string(kSegment) + "\n" +
      R"({"id":"53995c3f42cd8ad9","parent_id":"53995c3f42cd8ad8","type":"subsegment",)"
      R"("trace_id":"1-58406520-a006649127e371903a2de979","name":"db","start_time":1480615200.3})");
  ASSERT_TRUE(set);
  ASSERT_THAT(set->spans, SizeIs(2));
  EXPECT_EQ(set->spans[1].resource->service_name(), "shop");
}

TEST(DocumentLines, write_one_document_a_line_that_reads_back) {
  const trace::Resource resource = spawn_resource();
  std::vector<trace::SpanRecord> spans;
  spans.push_back(put_object(resource));
  spans.push_back(put_object(resource));
  core::CharBuffer out;
  DocumentLines().write(spans, {}, out);
  EXPECT_EQ(std::ranges::count(out.view(), '\n'), 2);
  const auto set = DocumentLines().read(out.view());
  ASSERT_TRUE(set);
  ASSERT_THAT(set->spans, SizeIs(2));
  EXPECT_EQ(set->spans[1].name(), "S3.PutObject");
}

}  // namespace
}  // namespace spawn::xray
