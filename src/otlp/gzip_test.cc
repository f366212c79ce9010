// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
#include "otlp/gzip.h"

#include <gtest/gtest.h>
#include <zlib.h>

namespace spawn::otlp {
namespace {

std::string unpacked(std::string packed, std::size_t size) {
  std::string out(size, '\0');
  z_stream stream{};
  EXPECT_EQ(inflateInit2(&stream, 15 + 16), Z_OK);
  stream.next_in = reinterpret_cast<Bytef*>(packed.data());
  stream.avail_in = static_cast<uInt>(packed.size());
  stream.next_out = reinterpret_cast<Bytef*>(out.data());
  stream.avail_out = static_cast<uInt>(out.size());
  EXPECT_EQ(inflate(&stream, Z_FINISH), Z_STREAM_END);
  out.resize(stream.total_out);
  (void)inflateEnd(&stream);
  return out;
}

TEST(Gzip, packs_what_unpacks_to_the_same_bytes) {
  for (const std::string& text :
       {std::string("x"), std::string(100'000, 'a'), std::string("\0\1", 2)}) {
    EXPECT_EQ(unpacked(gzip(text), text.size() + 1), text);
  }
  EXPECT_LT(gzip(std::string(100'000, 'a')).size(), 2000U);
}

TEST(Gzip, has_the_gzip_header) { EXPECT_EQ(gzip("x").substr(0, 2), "\x1f\x8b"); }

}  // namespace
}  // namespace spawn::otlp
