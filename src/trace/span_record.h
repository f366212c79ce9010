// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
//
// The narrow waist: a span that ended (or was read back), as one compact value. Left of it spans
// are made, right of it they are exported and shown.
//
// A record is 504 bytes: a fixed head and room for name, attributes, events and links in the form
// [kind|type, key length, value length, key, value]…, which holds a span with eight ordinary
// attributes. A larger one spills to the heap (spilled() tells, telemetry counts it). Writing one
// is appending bytes; nothing is allocated unless it spills. Not thread-safe; moved, never copied.
//
// Text is repaired to valid UTF-8 here, once, so nobody downstream checks again. Limits: 128
// attributes, events and links each, 128 attributes an event or link, keys of 255 bytes, values of
// 64 KiB; what is over is dropped and counted, or cut. A record that was moved from may only be
// assigned to or destroyed.
#pragma once

#include <cstdint>
#include <cstring>
#include <optional>
#include <span>
#include <string_view>

#include "core/short_text.h"
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

// The fixed part of a record.
struct SpanHead {
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
};

class SpanRecord : public SpanHead {
 public:
  static constexpr std::size_t kInline = 384;  // bytes of payload that need no spill

  SpanRecord() noexcept {}  // NOLINT(modernize-use-equals-default): leaves the payload untouched
  SpanRecord(SpanRecord&& other) noexcept : SpanHead(other), n_(other.n_), spill_(other.spill_) {
    take_payload(other);
  }
  SpanRecord& operator=(SpanRecord&& other) noexcept {
    if (this != &other) {
      free_spill();
      static_cast<SpanHead&>(*this) = static_cast<SpanHead&>(other);
      n_ = other.n_;
      spill_ = other.spill_;
      take_payload(other);
    }
    return *this;
  }
  SpanRecord(const SpanRecord&) = delete;
  SpanRecord& operator=(const SpanRecord&) = delete;
  ~SpanRecord() { free_spill(); }

  // --- writing -----------------------------------------------------------------------------------
  void set_name(std::string_view name);  // the last one counts
  void set_status(StatusCode code, std::string_view message = {});

  // A key set twice keeps the last value. An empty key is ignored.
  // Inlined, because keys are constants nearly everywhere: what is asked of the key is then
  // answered when compiling.
  [[gnu::always_inline]] void set(std::string_view key, std::string_view value) {
    add_attribute(ValueType::string, key, value);
  }
  void set(std::string_view key, const char* value) { set(key, std::string_view(value)); }
  void set(std::string_view key, const std::string& value) { set(key, std::string_view(value)); }
  void set(std::string_view key, bool value) { add_scalar(ValueType::boolean, key, value); }
  void set(std::string_view key, std::int64_t value) { add_scalar(ValueType::integer, key, value); }
  void set(std::string_view key, int value) { set(key, static_cast<std::int64_t>(value)); }
  void set(std::string_view key, double value) { add_scalar(ValueType::real, key, value); }
  void set(std::string_view key, std::span<const std::string_view> values);
  void set(std::string_view key, const OwnedValue& value);

  // Marks attributes that were replaced, once, so that readers need not look for them each time.
  // Telemetry's worker does this for every record.
  void settle();

  // Attributes set by set_on_last() belong to the event or link that was added last; if that one
  // was over the limit, they are dropped with it.
  void add_event(std::string_view name, std::int64_t time_ns);
  void add_link(const SpanContext& to);
  void set_on_last(std::string_view key, const OwnedValue& value);

  // Replaces what the links point to: f(SpanContext&) for each, in order.
  template <typename F>
  void for_each_link_target(F&& f);

  // --- reading -----------------------------------------------------------------------------------
  [[nodiscard]] std::string_view name() const { return {payload() + n_.name_at, n_.name_size}; }
  [[nodiscard]] std::string_view status_message() const;
  [[nodiscard]] std::size_t attribute_count() const;
  [[nodiscard]] std::size_t event_count() const { return n_.events; }
  [[nodiscard]] std::size_t link_count() const { return n_.links; }
  // How many attributes, events and links were over the limits.
  [[nodiscard]] std::size_t dropped_count() const { return n_.dropped; }
  [[nodiscard]] std::size_t payload_bytes() const { return n_.used; }
  [[nodiscard]] bool spilled() const { return spill_ != nullptr; }

  // --- keeping it elsewhere ----------------------------------------------------------------------
  // All but the head and dropped_count(), as bytes that restore() takes. settle() first.
  [[nodiscard]] std::string_view payload_view() const { return {payload(), n_.used}; }
  // Replaces name, attributes, events and links. False, with nothing in it, when the bytes are not
  // what payload_view() gives.
  [[nodiscard]] bool restore(std::string_view payload, std::uint32_t dropped);
  // Everything of another settled record.
  void copy_from(const SpanRecord& other);

  // f(const Attribute&) in the order they were set.
  template <typename F>
  void for_each_attribute(F&& f) const {
    // An entry is only made where it is needed: walking over a record costs half without.
    const char* at = payload();
    for (const char* const end = at + n_.used; at != end;) {
      const char* const entry = at;
      const auto tag = static_cast<std::uint8_t>(at[0]);
      std::uint32_t value_size;
      std::memcpy(&value_size, at + 2, sizeof value_size);
      const std::string_view key(at + kEntryHead, static_cast<std::uint8_t>(at[1]));
      const std::string_view value(key.data() + key.size(), value_size);
      at = value.data() + value_size;
      if (static_cast<EntryKind>(tag >> 4) != EntryKind::attribute) continue;
      if (n_.repeated != 0 && replaced(entry_at(entry))) [[unlikely]]
        continue;
      f(Attribute{key, Value(static_cast<ValueType>(tag & 15), value)});
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

  // In one pass over everything: is there an attribute, of the span, an event or a link, of which
  // f(key, value) is true? Names and the status message are text under an empty key. May also be
  // asked about a value that was replaced.
  template <typename F>
  [[nodiscard]] bool any_of(F&& f) const;

 private:
  enum class EntryKind : std::uint8_t {
    attribute,
    item_attribute,
    event,
    link,
    name,
    status_message,
    dead
  };

  // One entry of the payload. `at` is null past the end.
  struct Entry {
    const char* at = nullptr;
    EntryKind kind = EntryKind::dead;
    ValueType type = ValueType::string;
    std::string_view key;
    std::string_view value;
  };
  static constexpr std::size_t kEntryHead = 6;  // kind|type, key length (1 byte), value length (4)
  [[nodiscard]] const char* payload() const { return spill_ != nullptr ? spill_ : bytes_; }
  [[nodiscard]] char* payload() { return spill_ != nullptr ? spill_ : bytes_; }
  [[nodiscard]] Entry read_entry(std::size_t offset) const {
    return offset < n_.used ? entry_at(payload() + offset) : Entry{};
  }
  static Entry entry_at(const char* at) {
    Entry e;
    e.at = at;
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
  [[nodiscard]] std::size_t offset_of(const Entry& e) const {
    return static_cast<std::size_t>(e.at - payload());
  }
  [[nodiscard]] std::size_t end_of(const Entry& e) const {
    return static_cast<std::size_t>(e.value.data() + e.value.size() - payload());
  }

  // Appends an entry. Text must be repaired and cut before; it may point into this record.
  // always_inline: the sizes of scalars are then known to the compiler, and the copies vanish.
  [[gnu::always_inline]] void append(EntryKind entry, ValueType type, std::string_view key,
                                     std::string_view value) {
    const std::size_t size = kEntryHead + key.size() + value.size();
    if (n_.used + size > n_.capacity) [[unlikely]] {
      append_growing(entry, type, key, value);
      return;
    }
    char* to = payload() + n_.used;
    write_entry_head(to, entry, type, key.size(), value.size());
    if (!key.empty()) std::memcpy(to + kEntryHead, key.data(), key.size());
    if (!value.empty()) std::memcpy(to + kEntryHead + key.size(), value.data(), value.size());
    n_.used += static_cast<std::uint32_t>(size);
  }

  // The way of nearly every attribute: short, ASCII, and there is room in the record itself (so
  // neither the value nor the number of attributes can be over a limit). Copying and checking are
  // one pass; what turns out to need care was not counted yet and is written again. Every other way
  // is a tail call, so that this needs no stack frame.
  [[gnu::always_inline]] void add_attribute(ValueType type, std::string_view key,
                                            std::string_view value) {
    const std::size_t size = kEntryHead + key.size() + value.size();
    if (key.size() - 1 >= kMaxKeyBytes || n_.used + size > n_.inline_room) [[unlikely]] {
      return add_attribute_with_care(EntryKind::attribute, type, key, value);
    }
    char* to = bytes_ + n_.used;
    write_entry_head(to, EntryKind::attribute, type, key.size(), value.size());
    const std::uint64_t bits = core::copy_short(to + kEntryHead, key) |
                               core::copy_short(to + kEntryHead + key.size(), value);
    if (!core::all_ascii(bits) && may_be_text(type, key)) [[unlikely]] {
      return add_attribute_with_care(EntryKind::attribute, type, key, value);
    }
    count_attribute(key);
    n_.used += static_cast<std::uint32_t>(size);
  }
  template <typename T>
  void add_scalar(ValueType type, std::string_view key, T value) {
    char bytes[sizeof value];
    std::memcpy(bytes, &value, sizeof value);
    add_attribute(type, key, {bytes, sizeof bytes});
  }
  // The bytes of a number are no text; its key is.
  static bool may_be_text(ValueType type, std::string_view key) {
    return type == ValueType::string || !core::is_ascii(key);
  }
  static void write_entry_head(char* to, EntryKind entry, ValueType type, std::size_t key_size,
                               std::size_t value_size) {
    to[0] = static_cast<char>(static_cast<unsigned>(entry) << 4 | static_cast<unsigned>(type));
    to[1] = static_cast<char>(key_size);
    const auto size32 = static_cast<std::uint32_t>(value_size);
    std::memcpy(to + 2, &size32, sizeof size32);
  }

  // A key must count once. Looking for an earlier one here would cost more than the rest; a filter
  // of 64 bits says "surely new" for most, and where it cannot, readers skip what was replaced.
  void count_attribute(std::string_view key) {
    // No two keys that one AWS call carries share a bit (span_record_test.cc).
    const auto first = static_cast<unsigned char>(key.front());
    const auto last = static_cast<unsigned char>(key.back());
    const std::uint64_t bit = 1ULL << ((first + last * 4U + key.size() * 3) & 63);
    n_.repeated |= n_.key_filter & bit;
    n_.key_filter |= bit;
    ++n_.attributes;
  }
  // A later attribute has the same key.
  [[nodiscard]] bool replaced(const Entry& e) const;

  void set_name_with_care(std::string_view name);
  void add_attribute_with_care(EntryKind entry, ValueType type, std::string_view key,
                               std::string_view value);
  void mark_dead(std::size_t at);
  // Makes room, by dropping dead entries or by moving to a larger spill.
  [[gnu::noinline]] void append_growing(EntryKind entry, ValueType type, std::string_view key,
                                        std::string_view value);
  template <typename F>
  void for_each_living(F&& f) const;
  // Counts an entry that restore() found; false when it cannot be.
  bool count_restored(const Entry& e);
  void free_spill() noexcept {
    if (spill_ != nullptr) [[unlikely]] {
      delete[] spill_;
      spill_ = nullptr;
    }
  }

  struct Counts {
    std::uint64_t key_filter = 0;  // a bit for each key that may be there
    std::uint64_t repeated = 0;    // bits that two attributes share: one may replace the other
    std::uint32_t used = 0;        // bytes of payload
    std::uint32_t capacity = kInline;
    std::uint32_t inline_room = kInline;  // none once it has spilled
    std::uint32_t name_at = 0;
    std::uint32_t name_size = 0;
    std::uint32_t dropped = 0;
    std::uint16_t attributes = 0;  // entries, replaced ones included until settled
    std::uint16_t events = 0;
    std::uint16_t links = 0;
    bool item_open = false;  // the last event or link is in the record and takes attributes
  };

  Counts n_;
  char* spill_ = nullptr;
  char bytes_[kInline];

  // The rest of a move: only as many payload bytes as are used.
  void take_payload(SpanRecord& other) noexcept {
    if (spill_ == nullptr) [[likely]] {
      std::memcpy(bytes_, other.bytes_, n_.used);
    } else {
      other.spill_ = nullptr;
      other.n_ = Counts{};
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

template <typename F>
void SpanRecord::for_each_link_target(F&& f) {
  for (Entry e = first(); e.at != nullptr; e = next(e)) {
    if (e.kind != EntryKind::link) continue;
    SpanContext to;
    std::memcpy(&to, e.value.data(), sizeof to);
    f(to);
    std::memcpy(payload() + (e.value.data() - payload()), &to, sizeof to);
  }
}

template <typename EventOrLink, typename F>
void SpanRecord::for_each_attribute_of(const EventOrLink& of, F&& f) const {
  for (Entry e = read_entry(of.attributes_at); e.at != nullptr; e = next(e)) {
    if (e.kind == EntryKind::event || e.kind == EntryKind::link) return;
    if (e.kind == EntryKind::item_attribute) f(Attribute{e.key, Value(e.type, e.value)});
  }
}

template <typename F>
bool SpanRecord::any_of(F&& f) const {
  for (Entry e = first(); e.at != nullptr; e = next(e)) {
    if (e.kind == EntryKind::dead || e.kind == EntryKind::link) continue;
    if (e.kind == EntryKind::event) e.value.remove_prefix(sizeof(std::int64_t));
    if (f(e.key, Value(e.type, e.value))) return true;
  }
  return false;
}

static_assert(sizeof(SpanRecord) <= 504, "a ring slot is 512 bytes: 8 of sequence, 504 of record");

}  // namespace spawn::trace
