// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
//
// One document while it is written, for document*.cc. Every member is written with a comma before
// it; an object's first comma is turned into its brace when the object is closed, so that writing
// needs no "is this the first" and an object without members disappears.
#pragma once

#include <algorithm>
#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <limits>
#include <string_view>

#include "core/json_write.h"
#include "core/text.h"
#include "trace/span_record.h"
#include "xray/document.h"
#include "xray/fields.h"

namespace spawn::xray {

// How much of a record is written; less and less until the document fits.
struct Limits {
  std::size_t text = std::numeric_limits<std::size_t>::max();   // bytes of one string
  std::size_t items = std::numeric_limits<std::size_t>::max();  // of one list or set

  [[nodiscard]] bool reduced() const { return text != std::numeric_limits<std::size_t>::max(); }
};

inline constexpr std::size_t kMaxLinks = 20;  // a segment

template <class Writer>
class Draft {
 public:
  const trace::SpanRecord& record;
  const Fields& fields;
  const Flags& flags;
  const Limits& limits;
  const DocumentSettings& settings;
  Writer& out;
  bool segment;  // this part of the document is one
  // What the blocks say of which the span had no attribute of the name that it is read back as.
  std::uint64_t derived = fields.derived;
  // The leading digits of the time that was written last, for time().
  std::uint32_t time_high = 0;
  std::array<char, 8> time_digits{'0', '0', '0', '0', '0', '0', '0', '0'};

  void add_derived(Field field) { derived |= Fields::bit(field); }

  // ,"key":{ … } without the brace; false when there was nothing inside and all is undone.
  template <core::Literal Key>
  struct Open {
    std::size_t before;
    std::size_t inside;
  };
  template <core::Literal Key>
  Open<Key> open() {
    const std::size_t before = out.buffer().size();
    out.template lit<Key>();
    return {before, out.buffer().size()};
  }
  template <core::Literal Key>
  void close(Open<Key> object) {
    core::CharBuffer& buffer = out.buffer();
    if (buffer.size() == object.inside) {
      buffer.truncate(object.before);
      return;
    }
    *(buffer.ensure(1) - (buffer.size() - object.inside)) = '{';
    out.template lit<"}">();
  }

  // A string, cut where this document has to be small, and to what X-Ray takes. X-Ray counts
  // characters; bytes are never fewer.
  void quoted(std::string_view text, std::size_t max = std::numeric_limits<std::size_t>::max()) {
    text = cut(text, max);
    char* to = out.buffer().ensure(Writer::room(text) + 2 * kQuote);
    to = Writer::template copy<"\"">(to);
    to = Writer::copy(to, text);
    out.buffer().advance_to(Writer::template copy<"\"">(to));
  }

  // ,"key":"text" when there is a text. Key is ,"key":" with the quote that opens the text.
  template <core::Literal Key>
  void member(std::string_view text, std::size_t max = kMaxTextCharacters) {
    if (text.empty()) return;
    text = cut(text, max);
    char* to = out.buffer().ensure(Writer::template room<Key>() + Writer::room(text) + kQuote);
    to = Writer::template copy<Key>(to);
    to = Writer::copy(to, text);
    out.buffer().advance_to(Writer::template copy<"\"">(to));
  }
  // The same with a text field, and with an attribute of the resource.
  template <core::Literal Key>
  void field_member(Field field) {
    if (fields.has(field)) member<Key>(fields.text(field));
  }
  template <core::Literal Key>
  void resource_member(std::string_view name) {
    member<Key>(record.resource->text(name));
  }

  // What had to be cut says so where it stands, in a person's words.
  void whole(std::string_view text) {
    if (text.size() <= limits.text) [[likely]] {
      return quoted(text);
    }
    out.quote();
    out.string_body(cut(text));
    out.template lit<"… [of ">();
    out.integer(static_cast<std::int64_t>(text.size()));
    out.template lit<" bytes]\"">();
  }

  void value(const trace::Value& value) {
    if (value.type() == trace::ValueType::string) return whole(value.string());
    other_value(value);
  }

  // ,"key":value
  void attribute(const trace::Attribute& a) {
    const std::string_view key = cut(a.key);
    if (a.value.type() != trace::ValueType::string || a.value.string().size() > limits.text) {
      char* to = out.buffer().ensure(Writer::room(key) + 4 * kQuote);
      to = Writer::template copy<",\"">(to);
      to = Writer::copy(to, key);
      out.buffer().advance_to(Writer::template copy<"\":">(to));
      return other_value(a.value);
    }
    const std::string_view text = a.value.string();
    char* to = out.buffer().ensure(Writer::room(key) + Writer::room(text) + 6 * kQuote);
    to = Writer::template copy<",\"">(to);
    to = Writer::copy(to, key);
    to = Writer::template copy<R"(":")">(to);
    to = Writer::copy(to, text);
    out.buffer().advance_to(Writer::template copy<"\"">(to));
  }

  // Seconds with six digits after the point, which is all that X-Ray keeps.
  void time(std::int64_t ns) {
    const auto micros = static_cast<std::uint64_t>(ns < 0 ? 0 : ns / 1000);
    char* to = out.buffer().ensure(32);
    char digits[16];
    // What changes each hundred seconds is mostly the same for both times of a document.
    const auto high = static_cast<std::uint32_t>(micros / 100'000'000);
    if (high != time_high) {
      time_high = high;
      put8(time_digits.data(), high);
    }
    std::memcpy(digits, time_digits.data(), 8);
    put8(digits + 8, static_cast<std::uint32_t>(micros % 100'000'000));
    // Ten digits of seconds: from 2001 to 2286. Others are rare and may have leading zeros cut.
    if (digits[0] != '0') [[likely]] {
      std::memcpy(to, digits, 10);
      to += 10;
    } else {
      std::size_t skip = 1;
      while (skip < 9 && digits[skip] == '0') ++skip;
      std::memcpy(to, digits + skip, 10 - skip);
      to += 10 - skip;
    }
    *to = '.';
    std::memcpy(to + 1, digits + 10, 6);
    out.buffer().advance_to(to + 7);
  }

  void span_id(trace::SpanId id) {
    char* to = out.buffer().ensure(16);
    id.write_hex(to);
    out.buffer().advance_to(to + 16);
  }
  void trace_id(const trace::TraceId& id) {
    char* to = out.buffer().ensure(35);
    id.write_xray(to);
    out.buffer().advance_to(to + 35);
  }

 private:
  static constexpr std::size_t kQuote = Writer::template room<"\"">();

  // Eight digits at once: four and four, then two and two, then each in its byte.
  static void put8(char* to, std::uint32_t number) {
    static_assert(std::endian::native == std::endian::little);
    std::uint64_t x = number / 10'000 | std::uint64_t{number % 10'000} << 32;
    const std::uint64_t hundreds = (x * 10'486 >> 20) & 0x0000'007F'0000'007FU;
    x = (x - hundreds * 100) << 16 | hundreds;
    const std::uint64_t tens = (x * 103 >> 10) & 0x000F'000F'000F'000FU;
    x = ((x - tens * 10) << 8 | tens) + 0x3030'3030'3030'3030U;
    std::memcpy(to, &x, sizeof x);
  }

  [[nodiscard]] std::string_view cut(
      std::string_view text, std::size_t max = std::numeric_limits<std::size_t>::max()) const {
    max = std::min(max, limits.text);
    return text.size() <= max ? text : core::utf8_prefix(text, max);
  }

  [[gnu::noinline]] void other_value(const trace::Value& value) {
    if (value.is_array()) return array(value);
    switch (value.type()) {
      case trace::ValueType::boolean:
        return out.boolean(value.boolean());
      case trace::ValueType::integer:
        return out.integer(value.integer());
      case trace::ValueType::real:
        return out.real(value.real());
      default:
        return this->value(value);
    }
  }

  void array(const trace::Value& values) {
    std::size_t count = 0;
    out.template lit<"[">();
    values.for_each_element([&](const trace::Value& element) {
      if (count++ >= limits.items) return;
      if (count > 1) out.template lit<",">();
      value(element);
    });
    out.template lit<"]">();
  }
};

// Each writes its members when there is something to say; write_x is in document_x.cc.
template <class Writer>
void write_service(Draft<Writer>& draft);
template <class Writer>
void write_http(Draft<Writer>& draft);
template <class Writer>
void write_aws(Draft<Writer>& draft);
template <class Writer>
void write_sql(Draft<Writer>& draft);
template <class Writer>
void write_cause(Draft<Writer>& draft);
template <class Writer>
void write_annotations(Draft<Writer>& draft);
template <class Writer>
void write_metadata(Draft<Writer>& draft);
// The metadata of a segment that is written around its span.
template <class Writer>
void write_wrapper_metadata(Draft<Writer>& draft);
template <class Writer>
void write_links(Draft<Writer>& draft);

}  // namespace spawn::xray
