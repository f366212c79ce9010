// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
#include "trace/span_record.h"

#include <algorithm>
#include <string>

#include "core/text.h"

namespace spawn::trace {
namespace {

std::string cleaned(std::string_view text, std::size_t max_bytes) {
  std::string repaired = core::repair_utf8(text.substr(0, max_bytes + 3));
  repaired.resize(core::utf8_prefix(repaired, max_bytes).size());
  return repaired;
}

// The bytes that a Value of this type reads.
struct Encoded {
  ValueType type;
  std::string bytes;
};

template <typename T>
void append_raw(std::string& to, T value) {
  to.append(reinterpret_cast<const char*>(&value), sizeof value);
}

// An array keeps the whole elements that fit.
void append_text_element(std::string& to, std::string_view element) {
  const std::string text = cleaned(element, kMaxValueBytes);
  if (to.size() + sizeof(std::uint32_t) + text.size() > kMaxValueBytes) return;
  append_raw(to, static_cast<std::uint32_t>(text.size()));
  to += text;
}

template <typename Range>
std::string encode_all(const Range& values) {
  std::string bytes;
  for (const auto value : values) {
    if (bytes.size() + sizeof value > kMaxValueBytes) break;
    append_raw(bytes, value);
  }
  return bytes;
}

Encoded encode(const OwnedValue& value) {
  struct Visitor {
    Encoded operator()(const std::string& v) const { return {ValueType::string, v}; }
    Encoded operator()(bool v) const { return {ValueType::boolean, std::string(1, v ? '\1' : '\0')}; }
    Encoded operator()(std::int64_t v) const {
      Encoded e{ValueType::integer, {}};
      append_raw(e.bytes, v);
      return e;
    }
    Encoded operator()(double v) const {
      Encoded e{ValueType::real, {}};
      append_raw(e.bytes, v);
      return e;
    }
    Encoded operator()(const std::vector<std::string>& v) const {
      Encoded e{ValueType::strings, {}};
      for (const auto& element : v) append_text_element(e.bytes, element);
      return e;
    }
    Encoded operator()(const std::vector<bool>& v) const { return {ValueType::booleans, encode_all(v)}; }
    Encoded operator()(const std::vector<std::int64_t>& v) const {
      return {ValueType::integers, encode_all(v)};
    }
    Encoded operator()(const std::vector<double>& v) const { return {ValueType::reals, encode_all(v)}; }
  };
  return std::visit(Visitor{}, value);
}

}  // namespace

std::string_view to_string(SpanKind kind) {
  constexpr std::string_view kNames[] = {"INTERNAL", "SERVER", "CLIENT", "PRODUCER", "CONSUMER"};
  return kNames[static_cast<std::size_t>(kind)];
}

std::string_view to_string(StatusCode status) {
  constexpr std::string_view kNames[] = {"UNSET", "OK", "ERROR"};
  return kNames[static_cast<std::size_t>(status)];
}

void SpanRecord::set_name(std::string_view name) {
  std::string care;
  if (name.size() > kMaxValueBytes || !is_ascii(name)) [[unlikely]] {
    care = cleaned(name, kMaxValueBytes);
    name = care;
  }
  char* to = append(EntryKind::name, ValueType::string, {}, name.size());
  std::memcpy(to, name.data(), name.size());
  name_at_ = static_cast<std::uint32_t>(to - payload());
  name_size_ = static_cast<std::uint32_t>(name.size());
}

void SpanRecord::set_status(StatusCode code, std::string_view message) {
  status = code;
  if (message.empty()) return;
  const std::string text = cleaned(message, kMaxValueBytes);
  char* to = append(EntryKind::status_message, ValueType::string, {}, text.size());
  std::memcpy(to, text.data(), text.size());
}

void SpanRecord::set(std::string_view key, std::span<const std::string_view> values) {
  std::string bytes;
  for (const auto value : values) append_text_element(bytes, value);
  add_attribute_with_care(EntryKind::attribute, ValueType::strings, key, bytes);
}

void SpanRecord::set(std::string_view key, const OwnedValue& value) {
  const Encoded encoded = encode(value);
  add_attribute_with_care(EntryKind::attribute, encoded.type, key, encoded.bytes);
}

void SpanRecord::add_event(std::string_view name, std::int64_t time_ns) {
  if (events_ >= kMaxEvents) {
    ++dropped_;
    return;
  }
  ++events_;
  const std::string text = cleaned(name, kMaxValueBytes);
  char* to = append(EntryKind::event, ValueType::string, {}, sizeof time_ns + text.size());
  std::memcpy(to, &time_ns, sizeof time_ns);
  std::memcpy(to + sizeof time_ns, text.data(), text.size());
}

void SpanRecord::add_link(const SpanContext& to) {
  if (links_ >= kMaxLinks) {
    ++dropped_;
    return;
  }
  ++links_;
  std::memcpy(append(EntryKind::link, ValueType::string, {}, sizeof to), &to, sizeof to);
}

void SpanRecord::set_on_last(std::string_view key, const OwnedValue& value) {
  std::size_t on_last = 0;
  for (Entry e = first(); e.at != nullptr; e = next(e)) {
    if (e.kind == EntryKind::event || e.kind == EntryKind::link) on_last = 0;
    if (e.kind == EntryKind::item_attribute) ++on_last;
  }
  if (on_last >= kMaxAttributes) {
    ++dropped_;
    return;
  }
  const Encoded encoded = encode(value);
  add_attribute_with_care(EntryKind::item_attribute, encoded.type, key, encoded.bytes);
}

std::string_view SpanRecord::status_message() const {
  std::string_view message;
  for (Entry e = first(); e.at != nullptr; e = next(e)) {
    if (e.kind == EntryKind::status_message) message = e.value;
  }
  return message;
}

std::optional<Value> SpanRecord::find(std::string_view key) const {
  for (Entry e = first(); e.at != nullptr; e = next(e)) {
    if (e.kind == EntryKind::attribute && e.key == key) return Value(e.type, e.value);
  }
  return std::nullopt;
}

std::string_view SpanRecord::text(std::string_view key) const {
  const auto value = find(key);
  return value && value->type() == ValueType::string ? value->string() : std::string_view();
}

void SpanRecord::add_attribute_with_care(EntryKind entry, ValueType type, std::string_view key,
                                         std::string_view value) {
  if (key.empty()) return;
  const std::string clean_key = cleaned(key, kMaxKeyBytes);
  std::string clean_value;
  if (type == ValueType::string) {
    clean_value = cleaned(value, kMaxValueBytes);
    value = clean_value;
  }
  if (entry == EntryKind::attribute && !claim(clean_key)) return;
  char* to = append(entry, type, clean_key, value.size());
  std::memcpy(to, value.data(), value.size());
}

void SpanRecord::kill(std::string_view key) {
  for (Entry e = first(); e.at != nullptr; e = next(e)) {
    if (e.kind == EntryKind::attribute && e.key == key) {
      payload()[e.at - payload()] = static_cast<char>(static_cast<unsigned>(EntryKind::dead) << 4);
      --attributes_;
      return;
    }
  }
}

void SpanRecord::grow(std::size_t more) {
  const std::size_t capacity = std::max<std::size_t>(2 * (used_ + more), 1024);
  char* bigger = new char[capacity];
  std::memcpy(bigger, payload(), used_);
  free_spill();
  spill_ = bigger;
  capacity_ = static_cast<std::uint32_t>(capacity);
}

}  // namespace spawn::trace
