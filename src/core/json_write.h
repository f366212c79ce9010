// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
//
// Writing JSON on the hot path: straight into one growing buffer, no tree, no allocation once the
// buffer has its size. The caller writes the punctuation, as literals; the writer escapes values.
//
//   JsonWriter out(buffer);
//   out.lit<R"({"name":)">(); out.string(name); out.lit<R"(,"count":)">(); out.integer(n); …
//
// NestedJsonWriter writes the same text as it looks *inside a JSON string* (every quote escaped
// once more), which is how PutTraceSegments wants its documents; literals are escaped at compile
// time. Strings must be valid UTF-8 (records are repaired when they are recorded).
#pragma once

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <cstdint>
#include <cstring>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

#ifdef __SSE2__
#include <emmintrin.h>
#endif

namespace spawn::core {

// Bytes with room to grow. ensure(n) makes room; at()/advance() write into it unchecked.
class CharBuffer {
 public:
  CharBuffer() = default;
  CharBuffer(CharBuffer&& other) noexcept
      : bytes_(std::move(other.bytes_)),
        at_(std::exchange(other.at_, nullptr)),
        end_(std::exchange(other.end_, nullptr)) {}
  CharBuffer& operator=(CharBuffer&& other) noexcept {
    std::swap(bytes_, other.bytes_);
    std::swap(at_, other.at_);
    std::swap(end_, other.end_);
    return *this;
  }
  CharBuffer(const CharBuffer&) = delete;
  CharBuffer& operator=(const CharBuffer&) = delete;
  ~CharBuffer() = default;

  char* ensure(std::size_t size) {
    if (static_cast<std::size_t>(end_ - at_) < size) [[unlikely]] {
      grow(size);
    }
    return at_;
  }
  void advance_to(char* at) { at_ = at; }

  void append(std::string_view text) {
    if (text.empty()) return;
    char* to = ensure(text.size());
    std::memcpy(to, text.data(), text.size());
    at_ = to + text.size();
  }

  [[nodiscard]] std::string_view view() const {
    return {bytes_.get(), static_cast<std::size_t>(at_ - bytes_.get())};
  }
  [[nodiscard]] std::size_t size() const { return static_cast<std::size_t>(at_ - bytes_.get()); }
  void truncate(std::size_t size) { at_ = bytes_.get() + size; }
  void clear() { at_ = bytes_.get(); }

 private:
  [[gnu::noinline]] void grow(std::size_t more) {
    const std::size_t used = size();
    const std::size_t capacity = std::max<std::size_t>(
        {4096, used + more, 2 * static_cast<std::size_t>(end_ - bytes_.get())});
    std::unique_ptr<char[]> bigger(new char[capacity]);
    if (used > 0) std::memcpy(bigger.get(), bytes_.get(), used);
    bytes_ = std::move(bigger);
    at_ = bytes_.get() + used;
    end_ = bytes_.get() + capacity;
  }

  std::unique_ptr<char[]> bytes_;
  char* at_ = nullptr;
  char* end_ = nullptr;
};

template <std::size_t N>
struct Literal {
  // NOLINTNEXTLINE(google-explicit-constructor): a string literal is the whole point
  consteval Literal(const char (&text)[N]) { std::copy_n(text, N, chars); }
  char chars[N];
  static constexpr std::size_t kSize = N - 1;
};

namespace json_detail {

// 0: as it is; 1: \u00xx; otherwise the letter after the backslash.
inline constexpr auto kEscapes = [] {
  std::array<char, 256> table{};
  for (std::size_t i = 0; i < 0x20; ++i) table[i] = 1;
  table['\b'] = 'b';
  table['\f'] = 'f';
  table['\n'] = 'n';
  table['\r'] = 'r';
  table['\t'] = 't';
  table['"'] = '"';
  table['\\'] = '\\';
  return table;
}();

// Whether one of the bytes needs an escape: < 0x20, '"' or '\\'. Flipping bit 1 brings the quote
// (0x22) down to 0x20 and the blank and '!' out of its way, so that one comparison finds it with
// the controls.
inline std::uint64_t escapes_in(std::uint64_t chunk) {
  constexpr std::uint64_t kOnes = 0x0101010101010101U;
  const std::uint64_t low_or_quote = (chunk ^ (kOnes * 2)) - kOnes * 0x21;
  const std::uint64_t slash = (chunk ^ (kOnes * '\\')) - kOnes;
  // The borrow test is only exact for bytes below 0x80; a byte above may give a false alarm, which
  // the slow loop then corrects.
  return (low_or_quote | slash) & ~chunk;
}
inline constexpr std::uint64_t kHighBits = 0x8080808080808080U;
inline bool any_escape_in(std::uint64_t chunk) { return (escapes_in(chunk) & kHighBits) != 0; }
inline bool any_escape_in(std::uint64_t a, std::uint64_t b) {
  return ((escapes_in(a) | escapes_in(b)) & kHighBits) != 0;
}
inline bool any_escape_in_16(const char* from) {
#ifdef __SSE2__
  const __m128i chunk = _mm_loadu_si128(reinterpret_cast<const __m128i*>(from));
  const __m128i low = _mm_cmpeq_epi8(_mm_min_epu8(chunk, _mm_set1_epi8(0x1F)), chunk);
  const __m128i quote = _mm_cmpeq_epi8(chunk, _mm_set1_epi8('"'));
  const __m128i slash = _mm_cmpeq_epi8(chunk, _mm_set1_epi8('\\'));
  return _mm_movemask_epi8(_mm_or_si128(low, _mm_or_si128(quote, slash))) != 0;
#else
  std::uint64_t halves[2];
  std::memcpy(halves, from, sizeof halves);
  return any_escape_in(halves[0], halves[1]);
#endif
}

}  // namespace json_detail

template <bool Nested>
class BasicJsonWriter {
 public:
  explicit BasicJsonWriter(CharBuffer& out) : out_(out) {}

  // Punctuation and keys, known when compiling. Inside them a quote is the only character escaped.
  template <Literal Text>
  void lit() {
    out_.advance_to(copy<Text>(out_.ensure(room<Text>())));
  }

  // For runs of pieces: make room() for all of them at once, then copy them through one pointer,
  // which the compiler keeps in a register (half the time of a run of small objects goes there).
  template <Literal Text>
  static constexpr std::size_t room() {
    return kLiteral<Text>.size();
  }
  static constexpr std::size_t room(std::string_view text) {
    // Worst case a character: \u00xx, with the backslash doubled when nested.
    return text.size() * (Nested ? 7 : 6);
  }
  template <Literal Text>
  static char* copy(char* to) {
    std::memcpy(to, kLiteral<Text>.data(), kLiteral<Text>.size());
    return to + kLiteral<Text>.size();
  }
  // Escaped. Up to the first byte that needs it the output is the input, so the last bytes are
  // simply copied with some before them, and no byte is handled alone.
  static char* copy(char* to, std::string_view text) {
    const char* from = text.data();
    std::size_t left = text.size();
    if (left < 8) return copy_short(to, from, left);
    if (left <= 16) {
      const auto first = load<std::uint64_t>(from);
      const auto last = load<std::uint64_t>(from + left - 8);
      if (json_detail::any_escape_in(first, last)) [[unlikely]] {
        return copy_escaping(to, from, left);
      }
      std::memcpy(to, &first, 8);
      std::memcpy(to + left - 8, &last, 8);
      return to + left;
    }
    for (; left > 16; from += 16, to += 16, left -= 16) {
      if (json_detail::any_escape_in_16(from)) [[unlikely]] {
        return copy_escaping(to, from, left);
      }
      std::memcpy(to, from, 16);
    }
    const std::size_t before = 16 - left;
    if (json_detail::any_escape_in_16(from - before)) [[unlikely]] {
      return copy_escaping(to, from, left);
    }
    std::memcpy(to - before, from - before, 16);
    return to + left;
  }

  // A quoted, escaped string.
  void string(std::string_view text) {
    quote();
    string_body(text);
    quote();
  }

  // The same without the quotes, to build one string out of several pieces.
  void string_body(std::string_view text) { out_.advance_to(copy(out_.ensure(room(text)), text)); }

  void quote() { lit<"\"">(); }

  void integer(std::int64_t value) {
    char* to = out_.ensure(24);
    out_.advance_to(std::to_chars(to, to + 24, value).ptr);
  }

  // The shortest text that reads back as the same number, and as no integer. JSON has no NaN and no
  // infinity: they become the strings "NaN", "Infinity", "-Infinity", as in OTLP's JSON.
  void real(double value) {
    if (!std::isfinite(value)) [[unlikely]] {
      string(std::isnan(value) ? "NaN" : value > 0 ? "Infinity" : "-Infinity");
      return;
    }
    char* const to = out_.ensure(34);
    char* end = std::to_chars(to, to + 32, value).ptr;
    // 5 would be read back as an integer.
    if (std::none_of(to, end, [](char c) { return c == '.' || c == 'e'; })) {
      std::memcpy(end, ".0", 2);
      end += 2;
    }
    out_.advance_to(end);
  }

  void boolean(bool value) {
    if (value) {
      lit<"true">();
    } else {
      lit<"false">();
    }
  }

  // Text that needs no escape, whoever reads it (hex digits, digits).
  void plain(std::string_view text) { out_.append(text); }

  CharBuffer& buffer() { return out_; }

 private:
  template <Literal Text>
  static consteval auto quoted() {
    constexpr auto kQuotes = Nested ? std::count(Text.chars, Text.chars + Text.kSize, '"') : 0;
    std::array<char, Text.kSize + kQuotes> result{};
    std::size_t at = 0;
    for (std::size_t i = 0; i < Text.kSize; ++i) {
      if (Nested && Text.chars[i] == '"') result[at++] = '\\';
      result[at++] = Text.chars[i];
    }
    return result;
  }
  template <Literal Text>
  static constexpr auto kLiteral = quoted<Text>();

  template <typename T>
  static T load(const char* from) {
    T value;
    std::memcpy(&value, from, sizeof value);
    return value;
  }

  // Fewer than 8 bytes.
  static char* copy_short(char* to, const char* from, std::size_t size) {
    if (size >= 4) {
      const auto first = load<std::uint32_t>(from);
      const auto last = load<std::uint32_t>(from + size - 4);
      if (json_detail::any_escape_in(std::uint64_t{last} << 32 | first)) [[unlikely]] {
        return copy_escaping(to, from, size);
      }
      std::memcpy(to, &first, 4);
      std::memcpy(to + size - 4, &last, 4);
      return to + size;
    }
    for (const char* stop = from + size; from < stop; ++from) {
      if (json_detail::kEscapes[static_cast<unsigned char>(*from)] != 0) [[unlikely]] {
        return copy_escaping(to, from, static_cast<std::size_t>(stop - from));
      }
      *to++ = *from;
    }
    return to;
  }

  // The rest of a text that has something to escape in it. Out of line, so that copy() needs few
  // registers.
  [[gnu::noinline]] static char* copy_escaping(char* to, const char* from, std::size_t left) {
    for (; left >= 8; left -= 8) {
      const auto chunk = load<std::uint64_t>(from);
      if (!json_detail::any_escape_in(chunk)) {
        std::memcpy(to, &chunk, 8);
        to += 8;
        from += 8;
        continue;
      }
      for (const char* stop = from + 8; from < stop; ++from) to = put(to, *from);
    }
    for (const char* stop = from + left; from < stop; ++from) to = put(to, *from);
    return to;
  }

  static char* put(char* to, char c) {
    const char escape = json_detail::kEscapes[static_cast<unsigned char>(c)];
    if (escape == 0) [[likely]] {
      *to++ = c;
      return to;
    }
    *to++ = '\\';
    if constexpr (Nested) *to++ = '\\';
    if (escape != 1) {
      // Nested, a quote or backslash is escaped itself: \" in the document is \\\" on the wire.
      if (Nested && (escape == '"' || escape == '\\')) *to++ = '\\';
      *to++ = escape;
      return to;
    }
    constexpr char kHex[] = "0123456789abcdef";
    std::memcpy(to, "u00", 3);
    to[3] = kHex[static_cast<unsigned char>(c) >> 4];
    to[4] = kHex[static_cast<unsigned char>(c) & 15];
    return to + 5;
  }

  CharBuffer& out_;
};

using JsonWriter = BasicJsonWriter<false>;
using NestedJsonWriter = BasicJsonWriter<true>;

}  // namespace spawn::core
