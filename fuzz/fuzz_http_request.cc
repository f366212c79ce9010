// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "core/result.h"
#include "http/request_reader.h"

// In pieces, whose size the first byte says: never more is held than came and than is allowed.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using spawn::http::RequestReader;
  constexpr std::size_t kMaxBody = 4096;
  if (size == 0) return 0;
  const std::size_t piece = 1 + data[0];
  std::string_view rest(reinterpret_cast<const char*>(data) + 1, size - 1);
  RequestReader reader(kMaxBody);
  while (!rest.empty()) {
    auto state = reader.feed(rest.substr(0, piece));
    rest.remove_prefix(std::min(piece, rest.size()));
    while (state == RequestReader::State::complete) {
      SPAWN_CHECK(reader.request().body.size() <= kMaxBody);
      SPAWN_CHECK(!reader.request().method.empty());
      state = reader.next();
    }
    if (state == RequestReader::State::refused) {
      SPAWN_CHECK(reader.refusal() >= 400 && reader.refusal() < 600);
      return 0;
    }
    SPAWN_CHECK(reader.held_bytes() <= kMaxBody + RequestReader::kMaxHeadBytes + 4 + piece);
  }
  return 0;
}
