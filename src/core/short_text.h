// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
//
// Copying and checking short strings (attribute keys and values, 3 to 40 bytes) without a call to
// memcpy, which costs more than the copy at these lengths. Loads overlap at the end instead of
// looping over the last bytes, and never leave the source.
#pragma once

#include <cstdint>
#include <cstring>
#include <string_view>

namespace spawn::core {

// Copies `text` to `to` and returns the OR of all its bytes, spread over the word.
[[gnu::always_inline]] inline std::uint64_t copy_short(char* to, std::string_view text) {
  const std::size_t size = text.size();
  const char* from = text.data();
  if (size >= 8) {
    std::uint64_t first;
    std::uint64_t last;
    std::memcpy(&first, from, 8);
    std::memcpy(&last, from + size - 8, 8);
    std::memcpy(to, &first, 8);
    std::memcpy(to + size - 8, &last, 8);
    std::uint64_t bits = first | last;
    for (std::size_t i = 8; i + 8 < size; i += 8) {
      std::uint64_t chunk;
      std::memcpy(&chunk, from + i, 8);
      std::memcpy(to + i, &chunk, 8);
      bits |= chunk;
    }
    return bits;
  }
  if (size >= 4) {
    std::uint32_t first;
    std::uint32_t last;
    std::memcpy(&first, from, 4);
    std::memcpy(&last, from + size - 4, 4);
    std::memcpy(to, &first, 4);
    std::memcpy(to + size - 4, &last, 4);
    return first | last;
  }
  if (size == 0) return 0;
  const char first = from[0];
  const char middle = from[size / 2];
  const char last = from[size - 1];
  to[0] = first;
  to[size / 2] = middle;
  to[size - 1] = last;
  return static_cast<unsigned char>(first | middle | last);
}

inline bool all_ascii(std::uint64_t bits) { return (bits & 0x8080808080808080U) == 0; }

inline bool is_ascii(std::string_view text) {
  std::uint64_t bits = 0;
  std::size_t i = 0;
  for (; i + 8 <= text.size(); i += 8) {
    std::uint64_t chunk;
    std::memcpy(&chunk, text.data() + i, 8);
    bits |= chunk;
  }
  for (; i < text.size(); ++i) bits |= static_cast<unsigned char>(text[i]);
  return all_ascii(bits);
}

}  // namespace spawn::core
