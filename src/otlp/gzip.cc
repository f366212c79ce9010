// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
#include "otlp/gzip.h"

#include <zlib.h>

#include <limits>

#include "core/result.h"

namespace spawn::otlp {

std::string gzip(std::string_view bytes) {
  constexpr int kGzipWindow = 15 + 16;  // the largest window, and a gzip header
  constexpr int kMemory = 8;            // zlib's default
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
