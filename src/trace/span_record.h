// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
//
// The narrow waist: a span that ended (or was read back), as one compact value. Left of it spans are
// made, right of it they are exported and shown.
//
// A record is 504 bytes: a fixed head and room for name, attributes, events and links in the form
// [kind|type, key length, value length, key, value]…, which holds a span with eight ordinary
// attributes. A larger one spills to the heap (spilled() tells, telemetry counts it). Writing one is
// appending bytes; nothing is allocated unless it spills. Not thread-safe; moved, never copied.
//
// Text is repaired to valid UTF-8 here, once, so nobody downstream checks again. Limits: 128
// attributes, events and links each, 128 attributes an event or link, keys of 255 bytes, values of
// 64 KiB; what is over is dropped and counted, or cut.
#pragma once

#include <cstdint>
#include <cstring>
#include <optional>
#include <span>
#include <string_view>

#include "trace/attribute.h"
#include "trace/context.h"
#include "trace/resource.h"

namespace spawn::trace {

// OpenTelemetry's span kinds and status codes, by their specification names.
enum class SpanKind : std::uint8_t { internal, server, client, producer, consumer };
enum class StatusCode : std::uint8_t { unset, ok, error };

std::string_view to_string(SpanKind kind);      // "INTERNAL" …
std::string_view to_string(StatusCode status);  // "UNSET" …

inline constexpr std::size_t kMaxAttributes = 128;
inline constexpr std::size_t kMaxEvents = 128;
inline constexpr std::size_t kMaxLinks = 128;
inline constexpr std::size_t kMaxKeyBytes = 255;
inline constexpr std::size_t kMaxValueBytes = 65536;

class SpanRecord {
 public:
  SpanRecord() noexcept {}  // NOLINT(modernize-use-equals-default): leaves the payload untouched
  SpanRecord(SpanRecord&& other) noexcept { take(other); }
  SpanRecord& operator=(SpanRecord&& other) noexcept {
    if (this != &other) {
      free_spill();
      take(other);
    }
    return *this;
  }
  SpanRecord(const SpanRecord&) = delete;
  SpanRecord& operator=(const SpanRecord&) = delete;
  ~SpanRecord() { free_spill(); }

  // --- the fixed part -----------------------------------------------------------------------------
  TraceId trace_id;
  SpanId span_id;
  SpanId parent_id;                    // not valid: a root
  std::int64_t start_ns = 0;           // since the epoch
  std::int64_t end_ns = 0;             // never before start_ns; meaningless while in_progress
  const Resource* resource = nullptr;  // never null once handed to a sink
  SpanKind kind = SpanKind::internal;
  StatusCode status = StatusCode::unset;
  std::uint8_t flags = 0;      // W3C trace flags
  bool parent_remote = false;  // the parent is in another process
  bool in_progress = false;    // read back before it ended

  [[nodiscard]] SpanContext context() const { return {trace_id, span_id, flags, false}; }
  [[nodiscard]] std::int64_t duration_ns() const { return end_ns - start_ns; }

  // --- writing ------------------------------------------------------------------------------------
  void set_name(std::string_view name);  // the last one counts
  void set_status(StatusCode code, std::string_view message = {});

  // A key set twice keeps the last value. An empty key is ignored.
  void set(std::string_view key, std::string_view value) {
    add_attribute(ValueType::string, key, value);
  }
  void set(std::string_view key, const char* value) { set(key, std::string_view(value)); }
  void set(std::string_view key, bool value) { add_scalar(ValueType::boolean, key, value); }
  void set(std::string_view key, std::int64_t value) { add_scalar(ValueType::integer, key, value); }
  void set(std::string_view key, int value) { set(key, static_cast<std::int64_t>(value)); }
  void set(std::string_view key, double value) { add_scalar(ValueType::real, key, value); }
  void set(std::string_view key, std::span<const std::string_view> values);
  void set(std::string_view key, const OwnedValue& value);

  // Attributes set by set_on_last() belong to the event or link that was added last.
  void add_event(std::string_view name, std::int64_t time_ns);
  void add_link(const SpanContext& to);
  void set_on_last(std::string_view key, const OwnedValue& value);

  // --- reading ------------------------------------------------------------------------------------
  [[nodiscard]] std::string_view name() const { return {payload() + name_at_, name_size_}; }
  [[nodiscard]] std::string_view status_message() const;
  [[nodiscard]] std::size_t attribute_count() const { return attributes_; }
  [[nodiscard]] std::size_t event_count() const { return events_; }
  [[nodiscard]] std::size_t link_count() const { return links_; }
  // How many attributes, events and links were over the limits.
  [[nodiscard]] std::size_t dropped_count() const { return dropped_; }
  [[nodiscard]] bool spilled() const { return spill_ != nullptr; }

  // f(const Attribute&) in the order they were set.
  template <typename F>
  void for_each_attribute(F&& f) const {
    for (Entry e = first(); e.at != nullptr; e = next(e)) {
      if (e.kind == EntryKind::attribute) f(Attribute{e.key, Value(e.type, e.value)});
    }
  }
  [[nodiscard]] std::optional<Value> find(std::string_view key) const;
  // The text of a string attribute, "" when absent or of another type.
  [[nodiscard]] std::string_view text(std::string_view key) const;

  struct Event {
    std::string_view name;
    std::int64_t time_ns;
    std::size_t attributes_at;  // for for_each_attribute_of
  };
  struct Link {
    SpanContext to;
    std::size_t attributes_at;
  };
  template <typename F>
  void for_each_event(F&& f) const;  // f(const Event&)
  template <typename F>
  void for_each_link(F&& f) const;  // f(const Link&)
  template <typename EventOrLink, typename F>
  void for_each_attribute_of(const EventOrLink& of, F&& f) const;  // f(const Attribute&)

 private:
  enum class EntryKind : std::uint8_t { attribute, item_attribute, event, link, name, status_message, dead };

  // One entry of the payload. `at` is null past the end.
  struct Entry {
    const char* at = nullptr;
    EntryKind kind = EntryKind::dead;
    ValueType type = ValueType::string;
    std::string_view key;
    std::string_view value;
  };
  static constexpr std::size_t kEntryHead = 6;  // kind|type, key length (1 byte), value length (4)
  static constexpr std::size_t kInline = 376;

  [[nodiscard]] const char* payload() const { return spill_ != nullptr ? spill_ : bytes_; }
  [[nodiscard]] char* payload() { return spill_ != nullptr ? spill_ : bytes_; }
  [[nodiscard]] Entry read_entry(std::size_t offset) const {
    if (offset >= used_) return {};
    Entry e;
    e.at = payload() + offset;
    const auto tag = static_cast<std::uint8_t>(e.at[0]);
    e.kind = static_cast<EntryKind>(tag >> 4);
    e.type = static_cast<ValueType>(tag & 15);
    std::uint32_t value_size;
    std::memcpy(&value_size, e.at + 2, sizeof value_size);
    const auto key_size = static_cast<std::uint8_t>(e.at[1]);
    e.key = {e.at + kEntryHead, key_size};
    e.value = {e.at + kEntryHead + key_size, value_size};
    return e;
  }
  [[nodiscard]] Entry first() const { return read_entry(0); }
  [[nodiscard]] Entry next(const Entry& e) const { return read_entry(end_of(e)); }
  [[nodiscard]] std::size_t end_of(const Entry& e) const {
    return static_cast<std::size_t>(e.value.data() + e.value.size() - payload());
  }

  // Appends an entry and returns where its value goes. Text must be repaired and cut before.
  char* append(EntryKind entry, ValueType type, std::string_view key, std::size_t value_size) {
    const std::size_t size = kEntryHead + key.size() + value_size;
    if (used_ + size > capacity_) [[unlikely]] {
      grow(size);
    }
    char* to = payload() + used_;
    to[0] = static_cast<char>(static_cast<unsigned>(entry) << 4 | static_cast<unsigned>(type));
    to[1] = static_cast<char>(key.size());
    const auto size32 = static_cast<std::uint32_t>(value_size);
    std::memcpy(to + 2, &size32, sizeof size32);
    std::memcpy(to + kEntryHead, key.data(), key.size());
    used_ += static_cast<std::uint32_t>(size);
    return to + kEntryHead + key.size();
  }

  void add_attribute(ValueType type, std::string_view key, std::string_view value) {
    if (needs_care(key, value)) [[unlikely]] {
      add_attribute_with_care(EntryKind::attribute, type, key, value);
      return;
    }
    if (!claim(key)) [[unlikely]] return;
    char* to = append(EntryKind::attribute, type, key, value.size());
    std::memcpy(to, value.data(), value.size());
  }
  template <typename T>
  void add_scalar(ValueType type, std::string_view key, T value) {
    char bytes[sizeof value];
    std::memcpy(bytes, &value, sizeof value);
    if (needs_care(key, {})) [[unlikely]] {
      add_attribute_with_care(EntryKind::attribute, type, key, {bytes, sizeof value});
      return;
    }
    if (!claim(key)) [[unlikely]] return;
    std::memcpy(append(EntryKind::attribute, type, key, sizeof value), bytes, sizeof value);
  }

  // Makes sure that the key is there once: a filter of 64 bits says "surely new" for nearly every
  // key; only else are the entries searched. False: over the limit, counted.
  bool claim(std::string_view key) {
    const std::uint64_t bit = filter_bit(key);
    if ((key_filter_ & bit) != 0) [[unlikely]] {
      kill(key);
    }
    if (attributes_ >= kMaxAttributes) [[unlikely]] {
      ++dropped_;
      return false;
    }
    key_filter_ |= bit;
    ++attributes_;
    return true;
  }
  static std::uint64_t filter_bit(std::string_view key) {
    const auto last = static_cast<unsigned char>(key.back());
    const auto middle = static_cast<unsigned char>(key[key.size() / 2]);
    return 1ULL << ((key.size() * 7 + last * 5U + middle * 3U) & 63);
  }

  static bool is_ascii(std::string_view text) {
    std::size_t i = 0;
    std::uint64_t high = 0;
    for (; i + 8 <= text.size(); i += 8) {
      std::uint64_t chunk;
      std::memcpy(&chunk, text.data() + i, 8);
      high |= chunk;
    }
    for (; i < text.size(); ++i) high |= static_cast<unsigned char>(text[i]);
    return (high & 0x8080808080808080U) == 0;
  }
  static bool needs_care(std::string_view key, std::string_view text) {
    return key.empty() || key.size() > kMaxKeyBytes || text.size() > kMaxValueBytes ||
           !is_ascii(key) || !is_ascii(text);
  }

  void add_attribute_with_care(EntryKind entry, ValueType type, std::string_view key,
                               std::string_view value);
  void kill(std::string_view key);
  void grow(std::size_t more);
  void free_spill() noexcept {
    if (spill_ != nullptr) [[unlikely]] {
      delete[] spill_;
      spill_ = nullptr;
    }
  }

  std::uint16_t attributes_ = 0;
  std::uint16_t events_ = 0;
  std::uint16_t links_ = 0;
  std::uint32_t dropped_ = 0;
  std::uint32_t used_ = 0;
  std::uint32_t capacity_ = kInline;
  std::uint64_t key_filter_ = 0;
  char* spill_ = nullptr;
  std::uint32_t name_at_ = 0;
  std::uint32_t name_size_ = 0;
  char bytes_[kInline];

  // Moves everything, and only as many payload bytes as are used.
  void take(SpanRecord& other) noexcept {
    trace_id = other.trace_id;
    span_id = other.span_id;
    parent_id = other.parent_id;
    start_ns = other.start_ns;
    end_ns = other.end_ns;
    resource = other.resource;
    kind = other.kind;
    status = other.status;
    flags = other.flags;
    parent_remote = other.parent_remote;
    in_progress = other.in_progress;
    attributes_ = other.attributes_;
    events_ = other.events_;
    links_ = other.links_;
    dropped_ = other.dropped_;
    used_ = other.used_;
    capacity_ = other.capacity_;
    key_filter_ = other.key_filter_;
    name_at_ = other.name_at_;
    name_size_ = other.name_size_;
    spill_ = other.spill_;
    if (spill_ == nullptr) {
      std::memcpy(bytes_, other.bytes_, used_);
    } else {
      other.spill_ = nullptr;
      other.capacity_ = kInline;
      other.used_ = 0;
    }
  }
};

template <typename F>
void SpanRecord::for_each_event(F&& f) const {
  for (Entry e = first(); e.at != nullptr; e = next(e)) {
    if (e.kind != EntryKind::event) continue;
    std::int64_t time_ns;
    std::memcpy(&time_ns, e.value.data(), sizeof time_ns);
    f(Event{e.value.substr(sizeof time_ns), time_ns, end_of(e)});
  }
}

template <typename F>
void SpanRecord::for_each_link(F&& f) const {
  for (Entry e = first(); e.at != nullptr; e = next(e)) {
    if (e.kind != EntryKind::link) continue;
    Link link{{}, end_of(e)};
    std::memcpy(&link.to, e.value.data(), sizeof link.to);
    f(link);
  }
}

template <typename EventOrLink, typename F>
void SpanRecord::for_each_attribute_of(const EventOrLink& of, F&& f) const {
  for (Entry e = read_entry(of.attributes_at); e.at != nullptr; e = next(e)) {
    if (e.kind == EntryKind::event || e.kind == EntryKind::link) return;
    if (e.kind == EntryKind::item_attribute) f(Attribute{e.key, Value(e.type, e.value)});
  }
}

static_assert(sizeof(SpanRecord) <= 504, "a ring slot is 512 bytes: 8 of sequence, 504 of record");

}  // namespace spawn::trace
