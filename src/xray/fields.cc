// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
#include "xray/fields.h"

#include <algorithm>
#include <bit>
#include <cstring>

#include "core/text.h"
#include "xray/aws_names.h"

namespace spawn::xray {
namespace {

using trace::SpanKind;
using trace::Value;
using trace::ValueType;

// kNames by a hash of a name's ends and length under which no two of them meet, so that an
// attribute costs one look. A name is kept as words to compare: its first eight bytes, its last
// eight, and what is between.
constexpr std::size_t kSlots = 512;
constexpr std::size_t kShortest = 7;
constexpr std::size_t kLongest = 28;

constexpr std::uint64_t load(const char* at, std::size_t size) {
  std::uint64_t word = 0;
  for (std::size_t i = 0; i < size; ++i) {
    word |= std::uint64_t{static_cast<unsigned char>(at[i])} << (8 * i);
  }
  return word;
}
std::uint64_t load8(const char* at) {
  std::uint64_t word;
  std::memcpy(&word, at, sizeof word);
  return word;
}
static_assert(std::endian::native == std::endian::little, "load and load8 say the same");

struct alignas(64) Entry {
  std::uint64_t first = 0;
  std::uint64_t last = 0;
  std::uint64_t second = 0;  // of names longer than 16
  std::uint64_t third = 0;   // of names longer than 24
  std::uint64_t size = 0;    // 0: nobody lives here
  std::uint8_t name = 0;     // of kNames
  Field field{};
};
constexpr std::size_t slot_of(std::uint64_t first, std::uint64_t last, std::size_t size,
                              std::uint64_t multiplier) {
  return ((first ^ (last << 5) ^ (last >> 3) ^ size) * multiplier) >> 55;
}

constexpr auto kEntries = [] {
  std::array<Entry, kNames.size()> entries{};
  for (std::size_t i = 0; i < kNames.size(); ++i) {
    const std::string_view text = kNames[i].attribute;
    const std::size_t end = std::min<std::size_t>(text.size(), 8);
    entries[i] = {load(text.data(), end),
                  load(text.data() + text.size() - end, end),
                  text.size() > 16 ? load(text.data() + 8, 8) : 0,
                  text.size() > 24 ? load(text.data() + 16, 8) : 0,
                  text.size(),
                  static_cast<std::uint8_t>(i),
                  kNames[i].field};
  }
  return entries;
}();
constexpr std::uint64_t kMultiplier = [] {
  std::uint64_t multiplier = 0x9E37'79B9'7F4A'7C15U;
  for (;; multiplier = multiplier * 6'364'136'223'846'793'005U + 2) {
    std::array<bool, kSlots> taken{};
    bool good = true;
    for (const Entry& entry : kEntries) {
      bool& slot = taken[slot_of(entry.first, entry.last, entry.size, multiplier)];
      good = good && !slot;
      if (!good) break;
      slot = true;
    }
    if (good) return multiplier;
  }
}();
constexpr auto kTable = [] {
  std::array<Entry, kSlots> table{};
  for (const Entry& entry : kEntries) {
    table[slot_of(entry.first, entry.last, entry.size, kMultiplier)] = entry;
  }
  return table;
}();
static_assert(kNames.size() < 256);
static_assert(std::ranges::all_of(kNames, [](const Name& name) {
  return name.attribute.size() >= kShortest && name.attribute.size() <= kLongest;
}));

// "db.user" and the like.
[[gnu::noinline]] const Entry* find_short_name(std::string_view attribute) {
  const std::uint64_t word = load(attribute.data(), kShortest);
  const Entry& entry = kTable[slot_of(word, word, kShortest, kMultiplier)];
  return entry.first == word && entry.size == kShortest ? &entry : nullptr;
}

// Null: none of ours.
[[gnu::always_inline]] inline const Entry* find_name(std::string_view attribute) {
  const std::size_t size = attribute.size();
  if (size - kShortest - 1 > kLongest - kShortest - 1) [[unlikely]] {
    return size == kShortest ? find_short_name(attribute) : nullptr;
  }
  const char* const text = attribute.data();
  const std::uint64_t first = load8(text);
  const std::uint64_t last = load8(text + size - 8);
  const Entry& entry = kTable[slot_of(first, last, size, kMultiplier)];
  std::uint64_t differs = (first ^ entry.first) | (last ^ entry.last) | (size ^ entry.size);
  if (size > 16) differs |= load8(text + 8) ^ entry.second;
  if (size > 24) differs |= load8(text + 16) ^ entry.third;
  return differs == 0 ? &entry : nullptr;
}

constexpr std::string_view kMetadataPrefix = "aws.xray.metadata.";

constexpr std::uint64_t kHeldByHttp =
    Fields::bits({Field::method, Field::user_agent, Field::status, Field::content_length});
constexpr std::uint64_t kHeldByAws =
    Fields::bits({Field::rpc_system, Field::operation, Field::rpc_method, Field::region,
                  Field::cloud_region, Field::request_id, Field::extended_request_id,
                  Field::account_id, Field::bucket, Field::object_key, Field::queue_url,
                  Field::topic_arn, Field::stream_name, Field::function_name});
constexpr std::uint64_t kDelicate =
    Fields::bits({Field::url, Field::target, Field::url_query, Field::connection_string});

static_assert(trace::kMaxAttributes <= 255, "an attribute's place in its record is a byte");

// The attribute that a block is read back as.
constexpr auto kIsReadBack = [] {
  std::array<bool, kNames.size()> result{};
  for (std::size_t i = 0; i < kNames.size(); ++i) {
    result[i] = kNames[i].attribute == "rpc.system";
    for (const Member& member : kMembers) {
      if (member.attribute == kNames[i].attribute) result[i] = true;
    }
  }
  return result;
}();

// Segment: the first span of this process in its trace. Everything else is a subsegment.
bool is_segment(const trace::SpanRecord& record, const Fields& fields) {
  return !record.parent_id.valid() || record.parent_remote || record.kind == SpanKind::server ||
         record.kind == SpanKind::consumer || fields.text(Field::span_role) == "LOCAL_ROOT";
}

// A call out that has no span of this process around it would be no call on the map.
bool is_wrapped(const trace::SpanRecord& record, const Fields& fields) {
  if (!fields.segment) return false;
  if (record.kind == SpanKind::client || record.kind == SpanKind::producer) return true;
  return record.kind == SpanKind::consumer && fields.has(Field::remote_service);
}

}  // namespace

// Nearly always a status of three digits.
[[gnu::always_inline]] inline std::optional<std::int64_t> parse_number(std::string_view text) {
  if (text.empty() || text.size() > 8) [[unlikely]] {
    return core::parse_int(text);
  }
  std::int64_t number = 0;
  for (const char c : text) {
    if (c < '0' || c > '9') [[unlikely]] {
      return core::parse_int(text);
    }
    number = number * 10 + (c - '0');
  }
  return number;
}

// Whether a value will do, and a number that is text made one.
[[gnu::always_inline]] inline bool Fields::accepts(Field field, const Value& value) {
  if (is_text(field)) return value.type() == ValueType::string && !value.string().empty();
  if (!is_number(field)) return field != Field::flags || value.is_array();
  std::int64_t& number = numbers_[index(field) - index(kFirstNumber)];
  if (value.type() == ValueType::integer) {
    number = value.integer();
    return true;
  }
  if (value.type() != ValueType::string) return false;
  const auto parsed = parse_number(value.string());
  if (parsed) number = *parsed;
  return parsed.has_value();
}

// Whether all of the field is in the document and read back as the attribute that it came from. Of
// longer text the document has only the beginning.
[[gnu::always_inline]] inline bool Fields::is_whole(std::size_t at) const {
  const Value& value = slots_[at].value;
  if (value.type() != ValueType::string) return value.type() == ValueType::integer;
  return !is_number(static_cast<Field>(at)) && value.string().size() <= kMaxTextCharacters;
}

// What the blocks say in full need not be repeated (the result: bits of attributes); what they say
// by another name than it will be read back as was not there (derived).
std::uint64_t Fields::find_held(std::uint64_t fields, std::uint64_t& derived_fields) const {
  std::uint64_t result = 0;
  for (std::uint64_t rest = present_ & fields; rest != 0; rest &= rest - 1) {
    const auto at = static_cast<std::size_t>(std::countr_zero(rest));
    if (!kIsReadBack[origins_[at].name]) {
      derived_fields |= rest & -rest;
    } else if (is_whole(at) && origins_[at].attribute < 64) {
      result |= 1ULL << origins_[at].attribute;
    }
  }
  return result;
}

// A second look, which nearly no span needs.
[[gnu::noinline]] void Fields::find_delicate(const trace::SpanRecord& record) {
  std::uint64_t bit_of_attribute = 1;
  record.for_each_attribute([&](const trace::Attribute& a) {
    const Entry* found = find_name(a.key);
    if (found != nullptr && (kDelicate & bit(found->field)) != 0) delicate |= bit_of_attribute;
    bit_of_attribute <<= 1;
  });
  // Nothing to hide in it.
  if (has(Field::url) && text(Field::url).find_first_of("@=") == std::string_view::npos) {
    held |= find_held(bit(Field::url), derived);
  }
}

void Fields::finish_call() {
  const std::uint64_t held_by_block = find_held(kHeldByAws, derived);
  derived |= bits({Field::rpc_system, Field::rpc_service}) & ~present_;
  if (has(Field::table_name)) derived |= bit(Field::tables);
  operation = text(Field::operation);
  bool qualified = false;
  if (has(Field::rpc_method)) {
    const std::string_view method = text(Field::rpc_method);
    const auto slash = method.rfind('/');
    qualified = slash != std::string_view::npos;
    if (operation.empty()) operation = method.substr(slash + 1);  // npos + 1 is 0
  }
  if (segment && !wrapped) return;
  // What is read back from the block gives both names the value of the stronger one, and is a call
  // of AWS's. Where that would be wrong, metadata has the last word.
  const auto agree = [&](Field a, Field b) { return !has(a) || !has(b) || text(a) == text(b); };
  if (!qualified && text(Field::rpc_system) == kAwsApi &&
      agree(Field::operation, Field::rpc_method) && agree(Field::region, Field::cloud_region)) {
    held |= held_by_block;
  }
}

bool is_sql_system(std::string_view system) {
  return std::ranges::any_of(kSqlSystems,
                             [&](std::string_view one) { return core::iequals(one, system); });
}

Fields collect_fields(const trace::SpanRecord& record) {
  Fields f;
  std::uint64_t present = 0;
  std::uint8_t attribute = 0;
  record.for_each_attribute([&](const trace::Attribute& a) {
    const std::uint8_t ordinal = attribute++;
    if (const Entry* found = find_name(a.key); found != nullptr) {
      const std::uint64_t bit = Fields::bit(found->field);
      const std::size_t at = Fields::index(found->field);
      if ((present & bit) != 0 && f.origins_[at].name < found->name) return;
      if (!f.accepts(found->field, a.value)) return;
      present |= bit;
      f.slots_[at].value = a.value;
      f.origins_[at] = {found->name, ordinal};
    } else if (a.key.size() > kMetadataPrefix.size() && a.key.starts_with(kMetadataPrefix)) {
      if (ordinal < 64) f.spaces |= 1ULL << ordinal;
    } else if (a.key.starts_with(kResourcePrefix)) {
      f.like_resource = true;
    }
  });
  f.present_ = present;
  f.segment = is_segment(record, f);
  f.wrapped = is_wrapped(record, f);
  f.aws_call = f.has(Field::aws_service) || f.text(Field::rpc_system) == kAwsApi;
  f.held = f.find_held(kHeldByHttp, f.derived);
  if (f.has_any(kDelicate)) f.find_delicate(record);
  if (f.aws_call) f.finish_call();
  return f;
}

namespace {

[[gnu::noinline]] Flags told_flags(const Value& list) {
  Flags flags;
  if (list.type() != ValueType::strings) return flags;
  list.for_each_element([&](const Value& flag) {
    flags.error |= flag.string() == "error";
    flags.fault |= flag.string() == "fault";
    flags.throttle |= flag.string() == "throttle";
  });
  return flags;
}

}  // namespace

Flags flags_of(const trace::SpanRecord& record, const Fields& fields) {
  if (fields.has(Field::flags)) [[unlikely]] {
    return told_flags(fields.value(Field::flags));
  }
  const std::string_view type = fields.text(Field::error_type);
  const auto status = fields.number(Field::status);
  if (status == 429 || (!type.empty() && is_throttle(type))) {
    return {.error = true, .throttle = true};
  }
  if (status && *status >= 400 && *status < 500) return {.error = true};
  if (status && *status >= 500 && *status < 600) return {.fault = true};
  if (record.status != trace::StatusCode::error) return {};
  if (fields.aws_call && !status && blames_caller(type)) return {.error = true};
  return {.fault = true};
}

}  // namespace spawn::xray
