// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
#include "trace/span_record.h"

#include <algorithm>
#include <memory>
#include <string>
#include <utility>

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
    Encoded operator()(bool v) const {
      return {ValueType::boolean, std::string(1, v ? '\1' : '\0')};
    }
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
    Encoded operator()(const std::vector<bool>& v) const {
      return {ValueType::booleans, encode_all(v)};
    }
    Encoded operator()(const std::vector<std::int64_t>& v) const {
      return {ValueType::integers, encode_all(v)};
    }
    Encoded operator()(const std::vector<double>& v) const {
      return {ValueType::reals, encode_all(v)};
    }
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
  const std::size_t size = kEntryHead + name.size();
  if (n_.used + size > n_.inline_room) [[unlikely]] {
    return set_name_with_care(name);
  }
  char* to = bytes_ + n_.used;
  write_entry_head(to, EntryKind::name, ValueType::string, 0, name.size());
  if (!core::all_ascii(core::copy_short(to + kEntryHead, name))) [[unlikely]] {
    return set_name_with_care(name);
  }
  n_.name_at = n_.used + static_cast<std::uint32_t>(kEntryHead);
  n_.name_size = static_cast<std::uint32_t>(name.size());
  n_.used += static_cast<std::uint32_t>(size);
}

void SpanRecord::set_name_with_care(std::string_view name) {
  const std::string clean = cleaned(name, kMaxValueBytes);
  append(EntryKind::name, ValueType::string, {}, clean);
  n_.name_at = n_.used - static_cast<std::uint32_t>(clean.size());
  n_.name_size = static_cast<std::uint32_t>(clean.size());
}

void SpanRecord::set_status(StatusCode code, std::string_view message) {
  status = code;
  if (message.empty() && status_message().empty()) return;
  append(EntryKind::status_message, ValueType::string, {}, cleaned(message, kMaxValueBytes));
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
  n_.item_open = n_.events < kMaxEvents;
  if (!n_.item_open) {
    ++n_.dropped;
    return;
  }
  ++n_.events;
  std::string value;
  append_raw(value, time_ns);
  value += cleaned(name, kMaxValueBytes);
  append(EntryKind::event, ValueType::string, {}, value);
}

void SpanRecord::add_link(const SpanContext& to) {
  n_.item_open = n_.links < kMaxLinks;
  if (!n_.item_open) {
    ++n_.dropped;
    return;
  }
  ++n_.links;
  std::string value;
  append_raw(value, to);
  append(EntryKind::link, ValueType::string, {}, value);
}

void SpanRecord::set_on_last(std::string_view key, const OwnedValue& value) {
  const std::string clean_key = cleaned(key, kMaxKeyBytes);
  std::size_t on_last = 0;
  std::size_t same_key = n_.used;
  for (Entry e = first(); e.at != nullptr; e = next(e)) {
    if (e.kind == EntryKind::event || e.kind == EntryKind::link) {
      on_last = 0;
      same_key = n_.used;
    }
    if (e.kind != EntryKind::item_attribute) continue;
    ++on_last;
    if (e.key == clean_key) same_key = offset_of(e);
  }
  if (same_key < n_.used) {
    mark_dead(same_key);
  } else if (!n_.item_open || on_last >= kMaxAttributes) {
    ++n_.dropped;
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
  std::optional<Value> value;
  for (Entry e = first(); e.at != nullptr; e = next(e)) {
    if (e.kind != EntryKind::attribute || e.key != key) continue;
    value.emplace(e.type, e.value);
    if (n_.repeated == 0) break;
  }
  return value;
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
  append(entry, type, clean_key, value);
  if (entry != EntryKind::attribute) return;
  count_attribute(clean_key);
  if (n_.attributes <= kMaxAttributes) return;
  settle();
  if (n_.attributes <= kMaxAttributes) return;
  // Over the limit with a new key: the entry just written goes again.
  n_.used -= static_cast<std::uint32_t>(kEntryHead + clean_key.size() + value.size());
  --n_.attributes;
  ++n_.dropped;
}

void SpanRecord::mark_dead(std::size_t at) {
  payload()[at] = static_cast<char>(static_cast<unsigned>(EntryKind::dead) << 4);
}

std::size_t SpanRecord::attribute_count() const {
  std::size_t count = 0;
  for_each_attribute([&](const Attribute&) { ++count; });
  return count;
}

bool SpanRecord::replaced(const Entry& e) const {
  const char* const all = payload();
  for (std::size_t at = end_of(e); at < n_.used;) {
    const char* entry = all + at;
    const std::size_t key_size = static_cast<std::uint8_t>(entry[1]);
    if (key_size == e.key.size() &&
        static_cast<std::uint8_t>(entry[0]) >> 4 == static_cast<int>(EntryKind::attribute) &&
        std::memcmp(entry + kEntryHead, e.key.data(), key_size) == 0) {
      return true;
    }
    std::uint32_t value_size;
    std::memcpy(&value_size, entry + 2, sizeof value_size);
    at += kEntryHead + key_size + value_size;
  }
  return false;
}

void SpanRecord::settle() {
  if (n_.repeated == 0) return;
  for (Entry e = first(); e.at != nullptr; e = next(e)) {
    if (e.kind != EntryKind::attribute || !replaced(e)) continue;
    mark_dead(offset_of(e));
    --n_.attributes;
  }
  n_.repeated = 0;
}

namespace {

// A value as the readers of attribute.h expect it.
bool is_value(ValueType type, std::string_view bytes) {
  switch (type) {
    case ValueType::string:
    case ValueType::booleans:
      return true;
    case ValueType::boolean:
      return bytes.size() == 1;
    case ValueType::integer:
    case ValueType::real:
      return bytes.size() == 8;
    case ValueType::integers:
    case ValueType::reals:
      return bytes.size() % 8 == 0;
    case ValueType::strings:
      while (bytes.size() >= sizeof(std::uint32_t)) {
        std::uint32_t size;
        std::memcpy(&size, bytes.data(), sizeof size);
        bytes.remove_prefix(sizeof size);
        if (size > bytes.size()) return false;
        bytes.remove_prefix(size);
      }
      return bytes.empty();
  }
  return false;
}

}  // namespace

bool SpanRecord::count_restored(const Entry& e) {
  switch (e.kind) {
    case EntryKind::attribute:
      if (e.key.empty() || n_.attributes >= kMaxAttributes) return false;
      count_attribute(e.key);
      return is_value(e.type, e.value);
    case EntryKind::item_attribute:
      return !e.key.empty() && is_value(e.type, e.value);
    case EntryKind::event:
      return e.value.size() >= sizeof(std::int64_t) && ++n_.events <= kMaxEvents;
    case EntryKind::link:
      return e.value.size() == sizeof(SpanContext) && ++n_.links <= kMaxLinks;
    case EntryKind::name:
      n_.name_at = static_cast<std::uint32_t>(e.value.data() - payload());
      n_.name_size = static_cast<std::uint32_t>(e.value.size());
      return true;
    case EntryKind::status_message:
    case EntryKind::dead:
      return true;
  }
  return false;
}

bool SpanRecord::restore(std::string_view bytes, std::uint32_t dropped) {
  free_spill();
  n_ = Counts{};
  if (bytes.size() > UINT32_MAX) return false;
  if (bytes.size() > kInline) {
    spill_ = new char[bytes.size()];
    n_.capacity = static_cast<std::uint32_t>(bytes.size());
    n_.inline_room = 0;
  }
  if (!bytes.empty()) std::memcpy(payload(), bytes.data(), bytes.size());
  n_.dropped = dropped;
  for (std::size_t at = 0; at != bytes.size();) {
    const std::size_t left = bytes.size() - at;
    if (left >= kEntryHead) {
      const Entry e = entry_at(payload() + at);
      const std::size_t size = kEntryHead + e.key.size() + e.value.size();
      if (size <= left && count_restored(e)) {
        at += size;
        continue;
      }
    }
    n_ = Counts{};
    free_spill();
    return false;
  }
  n_.used = static_cast<std::uint32_t>(bytes.size());
  return true;
}

void SpanRecord::copy_from(const SpanRecord& other) {
  if (this == &other) return;
  free_spill();
  static_cast<SpanHead&>(*this) = static_cast<const SpanHead&>(other);
  n_ = other.n_;
  if (other.spilled()) {
    spill_ = new char[n_.used];
    n_.capacity = n_.used;
  }
  std::memcpy(payload(), other.payload(), n_.used);
}

// f(entry) for all but replaced attributes, names and status messages.
template <typename F>
void SpanRecord::for_each_living(F&& f) const {
  const char* message = status_message().data();
  for (Entry e = first(); e.at != nullptr; e = next(e)) {
    if (e.kind == EntryKind::dead) continue;
    if (e.kind == EntryKind::name && e.value.data() != payload() + n_.name_at) continue;
    if (e.kind == EntryKind::status_message && e.value.data() != message) continue;
    f(e);
  }
}

// Setting one key over and over must not grow the record for ever, so what is dead is left behind.
// The old spill is freed last, because the new value may point into it.
void SpanRecord::append_growing(EntryKind entry, ValueType type, std::string_view key,
                                std::string_view value) {
  settle();
  std::size_t needed = kEntryHead + key.size() + value.size();
  for_each_living([&](const Entry& e) { needed += end_of(e) - offset_of(e); });
  // By the limits a record never needs more than about 2 GiB.
  const std::size_t capacity = std::clamp<std::size_t>(2 * needed, 1024, UINT32_MAX);
  std::unique_ptr<char[]> bigger(new char[capacity]);
  std::uint32_t size = 0;
  std::uint32_t name_at = n_.name_at;
  for_each_living([&](const Entry& e) {
    if (e.kind == EntryKind::name) name_at = size + static_cast<std::uint32_t>(kEntryHead);
    std::memcpy(bigger.get() + size, e.at, end_of(e) - offset_of(e));
    size += static_cast<std::uint32_t>(end_of(e) - offset_of(e));
  });
  n_.used = size;
  n_.name_at = name_at;
  n_.capacity = static_cast<std::uint32_t>(capacity);
  n_.inline_room = 0;
  const std::unique_ptr<char[]> old(std::exchange(spill_, bigger.release()));
  append(entry, type, key, value);
}

}  // namespace spawn::trace
