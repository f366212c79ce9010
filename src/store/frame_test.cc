// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
#include "store/frame.h"

#include <gtest/gtest.h>

#include "core/text.h"

namespace spawn::store {
namespace {

trace::SpanRecord example() {
  trace::SpanRecord record;
  record.trace_id = {1, 2};
  record.span_id = {3};
  record.parent_id = {4};
  record.start_ns = 5;
  record.end_ns = 6;
  record.kind = trace::SpanKind::client;
  record.status = trace::StatusCode::error;
  record.flags = 3;
  record.parent_remote = true;
  record.set_name("S3.PutObject");
  record.set("aws.service", "s3");
  return record;
}

std::string example_frame() {
  std::string bytes;
  write_span(example(), 7, 8, 9, bytes);
  return bytes;
}

TEST(Frame, gives_a_span_back_as_it_was) {
  const std::string bytes = example_frame();
  EXPECT_EQ(bytes.size() % kFrameAlign, 0U);
  std::size_t missing = 0;
  const auto frame = read_frame(bytes, missing);
  ASSERT_TRUE(frame);
  EXPECT_EQ(frame->size, bytes.size());
  SpanFrame span;
  trace::SpanRecord back;
  ASSERT_TRUE(read_span(frame->body, span, back));
  EXPECT_EQ(span.sequence, 7U);
  EXPECT_EQ(span.position, 8U);
  EXPECT_EQ(span.resource, 9U);
  EXPECT_EQ(back.trace_id, (trace::TraceId{1, 2}));
  EXPECT_EQ(back.span_id.value, 3U);
  EXPECT_EQ(back.parent_id.value, 4U);
  EXPECT_EQ(back.start_ns, 5);
  EXPECT_EQ(back.end_ns, 6);
  EXPECT_EQ(back.kind, trace::SpanKind::client);
  EXPECT_EQ(back.status, trace::StatusCode::error);
  EXPECT_EQ(back.flags, 3);
  EXPECT_TRUE(back.parent_remote);
  EXPECT_EQ(back.name(), "S3.PutObject");
  EXPECT_EQ(back.text("aws.service"), "s3");
}

// Stores are full of them. (A spool's own form is kFormat.)
TEST(Frame, is_as_it_always_was) {
  EXPECT_EQ(core::to_hex(example_frame()),
            "3153504e880000002656317a01000300070000000000000008000000000000000100000000000000"
            "02000000000000000300000000000000040000000000000005000000000000000600000000000000"
            "0900000000000000020203012500000040000c00000053332e5075744f626a656374000b02000000"
            "6177732e736572766963657333000000");
}

TEST(Frame, gives_a_resource_back) {
  trace::Resource resource;
  resource.set("service.name", std::string("spored"));
  resource.set("process.pid", std::int64_t{42});
  std::string bytes;
  write_resource(resource, 3, bytes);
  std::size_t missing = 0;
  const auto frame = read_frame(bytes, missing);
  ASSERT_TRUE(frame && frame->kind == FrameKind::resource);
  const auto back = read_resource(frame->body);
  ASSERT_TRUE(back);
  EXPECT_EQ(back->id, 3U);
  EXPECT_EQ(back->resource.attributes(), resource.attributes());
}

TEST(Frame, every_flipped_bit_is_found_or_settles_nothing) {
  const std::string good = example_frame();
  for (std::size_t at = 0; at < good.size(); ++at) {
    for (int bit = 0; bit < 8; ++bit) {
      std::string bad = good;
      bad[at] = static_cast<char>(bad[at] ^ 1 << bit);
      std::size_t missing = 0;
      const auto frame = read_frame(bad, missing);
      EXPECT_EQ(frame.has_value(), at == kDoneAt[0] || at == kDoneAt[1]) << at;
      if (frame) {
        EXPECT_EQ(frame->done, 0) << at;
      }
    }
  }
}

TEST(Frame, tells_how_much_of_a_cut_frame_is_missing) {
  const std::string bytes = example_frame();
  std::size_t missing = 0;
  EXPECT_FALSE(read_frame(bytes.substr(0, bytes.size() - 8), missing));
  EXPECT_EQ(missing, 8U);
  EXPECT_FALSE(read_frame(bytes.substr(0, 3), missing));
  EXPECT_EQ(missing, kFrameHead - 3);
}

}  // namespace
}  // namespace spawn::store
