// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
#include "otlp/gzip.h"

#include <zlib.h>

#include <algorithm>
#include <limits>

namespace spawn::otlp {
namespace {

constexpr int kGzipWindow = 15 + 16;  // the largest window, and a gzip header

struct Inflation {
  Inflation() { SPAWN_CHECK(inflateInit2(&stream, kGzipWindow) == Z_OK); }
  ~Inflation() { (void)inflateEnd(&stream); }
  Inflation(const Inflation&) = delete;
  Inflation& operator=(const Inflation&) = delete;

  z_stream stream{};
};

}  // namespace

core::Result<std::optional<std::string>> gunzip(std::string_view bytes, std::size_t max_bytes) {
  constexpr std::size_t kPiece = 64 * 1024;
  SPAWN_CHECK(bytes.size() <= std::numeric_limits<uInt>::max());
  Inflation inflation;
  z_stream& stream = inflation.stream;
  std::string in(bytes);  // zlib's interface is not const
  stream.next_in = reinterpret_cast<Bytef*>(in.data());
  stream.avail_in = static_cast<uInt>(in.size());
  std::string out;
  for (int status = Z_OK;;) {
    const std::size_t have = out.size();
    const std::size_t piece = std::min(kPiece, max_bytes - have + 1);
    out.resize(have + piece);
    stream.next_out = reinterpret_cast<Bytef*>(out.data() + have);
    stream.avail_out = static_cast<uInt>(piece);
    status = inflate(&stream, Z_NO_FLUSH);
    out.resize(have + piece - stream.avail_out);
    if (out.size() > max_bytes) return std::nullopt;
    if (status == Z_STREAM_END) {
      if (stream.avail_in == 0) return out;
      if (inflateReset(&stream) == Z_OK) continue;
    }
    const bool went_on = status == Z_OK && (stream.avail_in > 0 || stream.avail_out == 0);
    if (!went_on) {
      return core::fail(core::Code::invalid_argument, "the body is not whole gzip");
    }
  }
}

std::string gzip(std::string_view bytes) {
  constexpr int kMemory = 8;  // zlib's default
  SPAWN_CHECK(bytes.size() <= std::numeric_limits<uInt>::max());
  z_stream stream{};
  SPAWN_CHECK(deflateInit2(&stream, Z_BEST_SPEED, Z_DEFLATED, kGzipWindow, kMemory,
                           Z_DEFAULT_STRATEGY) == Z_OK);
  std::string out(deflateBound(&stream, static_cast<uLong>(bytes.size())), '\0');
  std::string in(bytes);  // zlib's interface is not const
  stream.next_in = reinterpret_cast<Bytef*>(in.data());
  stream.avail_in = static_cast<uInt>(in.size());
  stream.next_out = reinterpret_cast<Bytef*>(out.data());
  stream.avail_out = static_cast<uInt>(out.size());
  const int status = deflate(&stream, Z_FINISH);
  out.resize(stream.total_out);
  (void)deflateEnd(&stream);
  SPAWN_CHECK(status == Z_STREAM_END);
  return out;
}

}  // namespace spawn::otlp
