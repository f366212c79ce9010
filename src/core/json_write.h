// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
//
// Writing JSON on the hot path: straight into one growing buffer, no tree, no allocation once the
// buffer has its size. The caller writes the punctuation, as literals; the writer escapes values.
//
//   JsonWriter out(buffer);
//   out.lit<R"({"name":)">(); out.string(name); out.lit<R"(,"count":)">(); out.integer(n); …
//
// NestedJsonWriter writes the same text as it looks *inside a JSON string* (every quote escaped once
// more), which is how PutTraceSegments wants its documents; literals are escaped at compile time.
// Strings must be valid UTF-8 (records are repaired when they are recorded).
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

namespace spawn::core {

// Bytes with room to grow. ensure(n) makes room; at()/advance() write into it unchecked.
class CharBuffer {
 public:
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

// True for each of the 8 bytes that needs an escape: < 0x20, '"' or '\\'.
inline bool any_escape_in(std::uint64_t chunk) {
  constexpr std::uint64_t kOnes = 0x0101010101010101U;
  constexpr std::uint64_t kHighs = 0x8080808080808080U;
  const std::uint64_t quote = chunk ^ (kOnes * '"');
  const std::uint64_t slash = chunk ^ (kOnes * '\\');
  const std::uint64_t hits = (chunk - kOnes * 0x20) | (quote - kOnes) | (slash - kOnes);
  // The borrow test is only exact for bytes below 0x80; a byte above may give a false alarm, which
  // the slow loop then corrects.
  return ((hits & ~chunk) & kHighs) != 0;
}

}  // namespace json_detail

template <bool Nested>
class BasicJsonWriter {
 public:
  explicit BasicJsonWriter(CharBuffer& out) : out_(out) {}

  // Punctuation and keys, known when compiling. Inside them a quote is the only character escaped.
  template <Literal Text>
  void lit() {
    if constexpr (Nested) {
      constexpr auto kQuoted = quoted<Text>();
      append_fixed<kQuoted.size()>(kQuoted.data());
    } else {
      append_fixed<Text.kSize>(Text.chars);
    }
  }

  // A quoted, escaped string.
  void string(std::string_view text) {
    quote();
    string_body(text);
    quote();
  }

  // The same without the quotes, to build one string out of several pieces.
  void string_body(std::string_view text) {
    // Worst case a character: \u00xx, with the backslash doubled when nested.
    char* to = out_.ensure(text.size() * (Nested ? 7 : 6));
    std::size_t i = 0;
    while (i + 8 <= text.size()) {
      std::uint64_t chunk;
      std::memcpy(&chunk, text.data() + i, 8);
      if (json_detail::any_escape_in(chunk)) {
        for (const std::size_t stop = i + 8; i < stop; ++i) to = put(to, text[i]);
        continue;
      }
      std::memcpy(to, &chunk, 8);
      to += 8;
      i += 8;
    }
    for (; i < text.size(); ++i) to = put(to, text[i]);
    out_.advance_to(to);
  }

  void quote() { lit<"\"">(); }

  void integer(std::int64_t value) {
    char* to = out_.ensure(24);
    out_.advance_to(std::to_chars(to, to + 24, value).ptr);
  }

  // The shortest text that reads back as the same number. JSON has no NaN and no infinity: they
  // become the strings "NaN", "Infinity", "-Infinity", as in OTLP's JSON.
  void real(double value) {
    if (!std::isfinite(value)) [[unlikely]] {
      string(std::isnan(value) ? "NaN" : value > 0 ? "Infinity" : "-Infinity");
      return;
    }
    char* to = out_.ensure(32);
    out_.advance_to(std::to_chars(to, to + 32, value).ptr);
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
    constexpr auto kQuotes = std::count(Text.chars, Text.chars + Text.kSize, '"');
    std::array<char, Text.kSize + kQuotes> result{};
    std::size_t at = 0;
    for (std::size_t i = 0; i < Text.kSize; ++i) {
      if (Text.chars[i] == '"') result[at++] = '\\';
      result[at++] = Text.chars[i];
    }
    return result;
  }

  template <std::size_t Size>
  void append_fixed(const char* text) {
    char* to = out_.ensure(Size);
    std::memcpy(to, text, Size);
    out_.advance_to(to + Size);
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
