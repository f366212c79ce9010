// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
//
// What the stock exporter of opentelemetry-cpp 1.19 sends for one span, in testdata/stock.pb and
// stock.json: both must say to us what was said to it.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/file.h"
#include "otlp/json_read.h"
#include "otlp/protobuf_read.h"
#include "otlp/test_spans.h"

namespace spawn::otlp {
namespace {

using ::testing::IsEmpty;
using ::testing::SizeIs;

std::string file(const std::string& name) {
  const auto text = core::read_file(SPAWN_SOURCE_DIR "/src/otlp/testdata/" + name);
  EXPECT_TRUE(text);
  return text.value_or("");
}

void expect_the_stock_span(const trace::SpanSet& set) {
  ASSERT_THAT(set.spans, SizeIs(1));
  EXPECT_THAT(set.problems, IsEmpty());
  const trace::SpanRecord& span = set.spans[0];
  EXPECT_EQ(span.trace_id.hex(), "0102030405060708090a0b0c0d0e0f10");
  EXPECT_EQ(span.parent_id.hex(), "0102030405060708");
  EXPECT_TRUE(span.span_id.valid());
  EXPECT_EQ(span.flags, 1);
  EXPECT_EQ(span.name(), "stock op");
  EXPECT_EQ(span.kind, trace::SpanKind::client);
  EXPECT_GT(span.end_ns, span.start_ns);
  EXPECT_EQ(span.status, trace::StatusCode::error);
  EXPECT_EQ(span.status_message(), "it broke");
  EXPECT_EQ(span.resource->service_name(), "stock");
  EXPECT_EQ(span.text("otel.scope.name"), "stock.lib");
  EXPECT_EQ(span.text("otel.scope.version"), "1.2");
  EXPECT_EQ(span.text("w3c.tracestate"), "a=b");
  EXPECT_EQ(span.text("text"), "käse");
  EXPECT_EQ(span.find("int")->owned(), trace::OwnedValue(std::int64_t{-5}));
  EXPECT_EQ(span.find("bool")->owned(), trace::OwnedValue(true));
  EXPECT_EQ(span.find("real")->owned(), trace::OwnedValue(5.0));
  EXPECT_EQ(span.find("u32")->owned(), trace::OwnedValue(std::int64_t{7}));
  EXPECT_EQ(span.find("nums")->owned(), trace::OwnedValue(std::vector<std::int64_t>{1, -2}));
  EXPECT_EQ(span.find("flags")->owned(), trace::OwnedValue(std::vector<bool>{true, false}));
  EXPECT_EQ(span.find("reals")->owned(), trace::OwnedValue(std::vector<double>{0.5, 2.0}));
  EXPECT_EQ(span.event_count(), 1U);
  EXPECT_EQ(span.link_count(), 1U);
}

TEST(OtlpPeer, its_protobuf_is_understood) {
  trace::SpanSet set;
  ASSERT_TRUE(read_protobuf(file("stock.pb"), set));
  expect_the_stock_span(set);
}

TEST(OtlpPeer, its_json_is_understood) {
  trace::SpanSet set;
  ASSERT_TRUE(read_json(file("stock.json"), set));
  expect_the_stock_span(set);
}

}  // namespace
}  // namespace spawn::otlp
