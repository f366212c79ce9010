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

TEST(Gunzip, gives_back_what_was_packed_also_in_several_members) {
  const std::string text(300'000, 'a');
  for (const std::string& each : {std::string("x"), text, std::string()}) {
    const auto plain = gunzip(gzip(each), each.size());
    ASSERT_TRUE(plain && *plain);
    EXPECT_EQ(**plain, each);
  }
  EXPECT_EQ(**gunzip(gzip("one ") + gzip("two"), 100), "one two");
}

TEST(Gunzip, stops_at_its_bound) {
  const std::string bomb = gzip(std::string(10U << 20, '\0'));
  const auto plain = gunzip(bomb, 1U << 20);
  ASSERT_TRUE(plain);
  EXPECT_FALSE(*plain);
  EXPECT_FALSE(gunzip(gzip("12345"), 4).value());
}

TEST(Gunzip, refuses_what_is_not_whole) {
  const std::string packed = gzip("hello hello hello");
  for (std::size_t size = 0; size < packed.size(); ++size) {
    EXPECT_FALSE(gunzip(packed.substr(0, size), 100)) << size;
  }
  EXPECT_FALSE(gunzip("plain text", 100));
  EXPECT_FALSE(gunzip(packed + "x", 100));
  std::string damaged = packed;
  damaged[damaged.size() - 5] ^= 1;  // of the checksum
  EXPECT_FALSE(gunzip(damaged, 100));
}

TEST(Gzip, has_the_gzip_header) { EXPECT_EQ(gzip("x").substr(0, 2), "\x1f\x8b"); }

}  // namespace
}  // namespace spawn::otlp
