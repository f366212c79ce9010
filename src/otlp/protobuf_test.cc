// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
//
// Both directions of protobuf, and bytes made by hand from the .proto files.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/text.h"
#include "otlp/base64.h"
#include "otlp/protobuf_read.h"
#include "otlp/protobuf_write.h"
#include "otlp/test_spans.h"

namespace spawn::otlp {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;
using ::testing::StartsWith;

// A length-delimited field of less than 16 KiB.
std::string field(int tag, const std::string& content) {
  std::string bytes(1, static_cast<char>(tag << 3 | 2));
  if (content.size() < 128) {
    bytes += static_cast<char>(content.size());
  } else {
    bytes += static_cast<char>((content.size() & 0x7F) | 0x80);
    bytes += static_cast<char>(content.size() >> 7);
  }
  return bytes + content;
}
std::string varint(int tag, char value) { return {static_cast<char>(tag << 3), value}; }
std::string fixed64(int tag, const char (&little_endian)[9]) {
  return std::string(1, static_cast<char>(tag << 3 | 1)) + std::string(little_endian, 8);
}

const std::string kTraceId("\x5b\x8e\xff\xf7\x98\x03\x81\x03\xd2\x69\xb6\x33\x81\x3f\xc6\x0c");
const std::string kSpanId("\xee\xe1\x9b\x7e\xc3\xc1\xb1\x74");

std::string good_span(const std::string& more = {}) {
  return field(1, kTraceId) + field(2, kSpanId) + field(5, "op") +
         fixed64(7, "\x01\x00\x00\x00\x00\x00\x00\x10") + more;
}
std::string request(const std::string& spans) { return field(1, field(2, spans)); }

trace::SpanSet read(const std::string& bytes) {
  trace::SpanSet set;
  const auto status = read_protobuf(bytes, set);
  EXPECT_TRUE(status) << status.error().message;
  return set;
}

TEST(OtlpProtobuf, reads_bytes_made_from_the_proto_files_by_hand) {
  const std::string attribute = field(9, field(1, "n") + field(2, varint(3, 7)));
  const std::string status = field(15, field(2, "no") + varint(3, 2));
  const std::string flags("\x85\x01\x01\x03\x00\x00", 6);  // field 16, fixed32: 0x301
  const trace::SpanSet set = read(field(
      1, field(2, field(2, good_span(varint(6, 3) + field(3, "a=b") + attribute + status + flags)) +
                      field(1, field(1, "lib") + field(2, "9"))) +
             field(1, field(1, field(1, "service.name") + field(2, field(1, "shop"))))));
  ASSERT_THAT(set.spans, SizeIs(1));
  const trace::SpanRecord& span = set.spans[0];
  EXPECT_EQ(span.trace_id.hex(), "5b8efff798038103d269b633813fc60c");
  EXPECT_EQ(span.span_id.hex(), "eee19b7ec3c1b174");
  EXPECT_FALSE(span.parent_id.valid());
  EXPECT_EQ(span.name(), "op");
  EXPECT_EQ(span.kind, trace::SpanKind::client);
  EXPECT_EQ(span.start_ns, 0x1000000000000001);
  EXPECT_TRUE(span.in_progress);
  EXPECT_EQ(span.find("n")->integer(), 7);
  EXPECT_EQ(span.text("w3c.tracestate"), "a=b");
  EXPECT_EQ(span.text("otel.scope.name"), "lib");
  EXPECT_EQ(span.text("otel.scope.version"), "9");
  EXPECT_EQ(span.status, trace::StatusCode::error);
  EXPECT_EQ(span.status_message(), "no");
  EXPECT_EQ(span.flags, 1);
  EXPECT_TRUE(span.parent_remote);
  EXPECT_EQ(span.resource->service_name(), "shop");
}

TEST(OtlpProtobuf, what_is_written_reads_back_whole) {
  const trace::Resource resource = shop_resource();
  const trace::SpanRecord record = full_span(resource);
  std::string bytes;
  write_protobuf({&record, 1}, bytes);
  const trace::SpanSet set = read(bytes);
  ASSERT_THAT(set.spans, SizeIs(1));
  EXPECT_EQ(shown(set.spans[0]), shown(record));
}

// Every byte, so that a change of the wire form is seen; the same bytes as in the test by hand.
TEST(OtlpProtobuf, writes_the_bytes_of_the_proto_files) {
  const trace::Resource resource;
  trace::SpanRecord record;
  record.trace_id = {0x5b8efff798038103U, 0xd269b633813fc60cU};
  record.span_id = {0xeee19b7ec3c1b174U};
  record.start_ns = 0x1000000000000001;
  record.in_progress = true;
  record.kind = trace::SpanKind::client;
  record.set_name("op");
  record.set("n", 7);
  record.resource = &resource;
  std::string bytes;
  write_protobuf({&record, 1}, bytes);
  const std::string span = field(1, kTraceId) + field(2, kSpanId) + field(5, "op") + varint(6, 3) +
                           fixed64(7, "\x01\x00\x00\x00\x00\x00\x00\x10") +
                           field(9, field(1, "n") + field(2, varint(3, 7))) +
                           std::string("\x85\x01\x00\x01\x00\x00", 6);
  EXPECT_EQ(core::to_hex(bytes), core::to_hex(field(1, field(2, field(2, span)))));
}

TEST(OtlpProtobuf, one_broken_span_never_stops_the_rest) {
  const std::string cut = field(1, kTraceId) + "\x12\x7f";  // says 127 bytes, has none
  const trace::SpanSet set = read(request(field(2, good_span()) + field(2, cut) +
                                          field(2, field(5, "anonymous")) + field(2, good_span())));
  EXPECT_THAT(set.spans, SizeIs(2));
  EXPECT_EQ(set.refused, 2U);
  EXPECT_THAT(set.problems,
              ElementsAre(HasSubstr("spans[1]: its bytes are no protobuf"),
                          HasSubstr("spans[2] 'anonymous': traceId is missing or zero")));
}

TEST(OtlpProtobuf, an_id_of_another_length_is_none) {
  const trace::SpanSet set = read(request(field(2, field(1, "short") + field(2, kSpanId))));
  EXPECT_THAT(set.problems, ElementsAre(HasSubstr("traceId is missing or zero")));
}

TEST(OtlpProtobuf, says_where_a_request_is_broken_and_keeps_what_came_before) {
  trace::SpanSet set;
  const auto status = read_protobuf(request(field(2, good_span())) + "\x0a\x7f", set);
  ASSERT_FALSE(status);
  EXPECT_THAT(status.error().message, HasSubstr("broken after resourceSpans[1]"));
  EXPECT_THAT(set.spans, SizeIs(1));
}

TEST(OtlpProtobuf, passes_over_unknown_fields_and_wrong_wire_types) {
  const std::string unknown = field(14, "x") + varint(13, 1) + varint(1, 5) +
                              std::string("\x8a\x7d", 2) + std::string("\x02hi", 3);
  const trace::SpanSet set = read(request(field(2, good_span(unknown))));
  ASSERT_THAT(set.spans, SizeIs(1));
  EXPECT_THAT(set.problems, IsEmpty());
  EXPECT_EQ(set.spans[0].trace_id.hex(), "5b8efff798038103d269b633813fc60c");
}

TEST(OtlpProtobuf, writes_out_values_that_no_attribute_can_be) {
  const auto text = [](const std::string& any_value) {
    const trace::SpanSet set =
        read(request(field(2, good_span(field(9, field(1, "k") + field(2, any_value))))));
    return std::string(set.spans.at(0).text("k"));
  };
  EXPECT_EQ(text(field(7, std::string("\x00\x01\xff", 3))), "AAH/");
  EXPECT_EQ(text(field(6, field(1, field(1, "a") + field(2, varint(3, 1))))), R"({"a":1})");
  EXPECT_EQ(text(field(5, field(1, varint(3, 1)) + field(1, field(1, "b")))), R"([1,"b"])");
  EXPECT_EQ(text(field(1, "bad \xff")), "bad \xef\xbf\xbd");
}

TEST(OtlpProtobuf, names_attributes_without_a_key) {
  const std::string nameless = field(2, field(1, "x"));
  const std::string span = field(2, good_span(field(9, nameless)));
  const trace::SpanSet set = read(field(1, field(1, field(1, nameless)) + field(2, span)));
  ASSERT_THAT(set.spans, SizeIs(1));
  const auto left_out = HasSubstr("an attribute was left out: its key is missing or empty");
  EXPECT_THAT(set.problems, ElementsAre(left_out, left_out));
}

TEST(OtlpProtobuf, refuses_values_inside_values_without_end) {
  std::string any = varint(3, 1);
  for (int i = 0; i < 40; ++i) any = field(5, field(1, any));
  const trace::SpanSet set =
      read(request(field(2, good_span(field(9, field(1, "k") + field(2, any))))));
  ASSERT_THAT(set.spans, SizeIs(1));
  EXPECT_THAT(set.problems, ElementsAre(HasSubstr("nested deeper than 32")));
  const std::string attribute = field(1, "k") + field(2, any);
  const std::string scope = field(2, field(1, field(3, attribute)) + field(2, good_span("")));
  const std::string resource = field(1, field(1, field(1, attribute)) + scope + scope);
  EXPECT_THAT(
      read(resource + resource).problems,
      ElementsAre(StartsWith("resourceSpans[0]: "), StartsWith("resourceSpans[0].scopeSpans[0]: "),
                  StartsWith("resourceSpans[0].scopeSpans[1]: "), StartsWith("resourceSpans[1]: "),
                  StartsWith("resourceSpans[1].scopeSpans[0]: "),
                  StartsWith("resourceSpans[1].scopeSpans[1]: ")));
}

TEST(OtlpProtobuf, an_empty_request_is_good) { EXPECT_THAT(read("").spans, IsEmpty()); }

// RFC 4648, 10.
TEST(Base64, encodes_as_the_rfc_says) {
  EXPECT_EQ(base64(""), "");
  EXPECT_EQ(base64("f"), "Zg==");
  EXPECT_EQ(base64("fo"), "Zm8=");
  EXPECT_EQ(base64("foo"), "Zm9v");
  EXPECT_EQ(base64("foobar"), "Zm9vYmFy");
}

}  // namespace
}  // namespace spawn::otlp
