// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
//
// What a document needs to know of a record's attributes (mapping.h), collected in one pass over
// them by the document writer. Views point into the record.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <optional>
#include <string_view>

#include "trace/span_record.h"
#include "xray/mapping.h"

namespace spawn::xray {

inline constexpr std::size_t kMaxTextCharacters = 250;  // most strings of a document
inline constexpr std::string_view kAwsApi = "aws-api";  // rpc.system of AWS's calls

// However it is written: PostgreSQL, as programs with an X-Ray SDK say.
bool is_sql_system(std::string_view system);

class Fields {
 public:
  static constexpr std::size_t index(Field field) { return static_cast<std::size_t>(field); }
  static constexpr std::uint64_t bit(Field field) { return 1ULL << index(field); }
  static constexpr std::uint64_t bits(std::initializer_list<Field> fields) {
    std::uint64_t all = 0;
    for (const Field field : fields) all |= bit(field);
    return all;
  }

  [[nodiscard]] bool has(Field field) const { return (present_ & bit(field)) != 0; }
  [[nodiscard]] bool has_any(std::uint64_t fields) const { return (present_ & fields) != 0; }
  // Only for a field that is there.
  [[nodiscard]] const trace::Value& value(Field field) const { return slots_[index(field)].value; }
  // Only for a text field; "" when it is not there.
  [[nodiscard]] std::string_view text(Field field) const {
    return has(field) ? value(field).string() : std::string_view();
  }
  [[nodiscard]] std::string_view first_text(std::initializer_list<Field> fields) const {
    for (const Field field : fields) {
      if (has(field)) return text(field);
    }
    return {};
  }
  // Only for a number; some programs send numbers as text.
  [[nodiscard]] std::optional<std::int64_t> number(Field field) const {
    if (!has(field)) return std::nullopt;
    return numbers_[index(field) - index(kFirstNumber)];
  }
  // Only for a field that is there: its name among several that say the same.
  [[nodiscard]] std::string_view name_of(Field field) const {
    return kNames[origins_[index(field)].name].attribute;
  }

  // Of an AWS call; of "S3/PutObject" the part that AWS calls so.
  std::string_view operation;
  bool segment = false;
  // A segment whose span is a call to somebody else: the segment is written around it.
  bool wrapped = false;
  bool aws_call = false;
  // Bit i: a block of its own says all of the i-th attribute, so that metadata need not repeat it
  // (to_span.cc reads it back from there).
  std::uint64_t held = 0;
  // Bit of a Field: the document says it and the record had no attribute of the name that it is
  // read back as.
  std::uint64_t derived = 0;
  // Bit i: the i-th attribute is a URL or a connection string, which may have a password in it.
  std::uint64_t delicate = 0;
  // Bit i: the i-th attribute is the content of a metadata namespace (aws.xray.metadata.*).
  std::uint64_t spaces = 0;
  // Some attribute has a name as metadata has for one of the resource (kResourcePrefix).
  bool like_resource = false;

 private:
  friend Fields collect_fields(const trace::SpanRecord& record);

  bool accepts(Field field, const trace::Value& value);
  [[nodiscard]] bool is_whole(std::size_t at) const;
  std::uint64_t find_held(std::uint64_t fields, std::uint64_t& derived_fields) const;
  void find_delicate(const trace::SpanRecord& record);
  void finish_call();

  // What is not present is not even initialised.
  union Slot {
    Slot() {}  // NOLINT(modernize-use-equals-default)
    trace::Value value;
  };
  std::uint64_t present_ = 0;
  Slot slots_[kFields];
  std::int64_t numbers_[kNumbers];
  struct Origin {
    std::uint8_t name;       // of kNames
    std::uint8_t attribute;  // where it stands in the record
  };
  Origin origins_[kFields];
};

Fields collect_fields(const trace::SpanRecord& record);

// X-Ray derives nothing from the status code: a document without flags is shown as a success. A
// throttled call is an error, whatever status the service chose for it (EC2 says 503, DynamoDB
// 400). A list of theirs in aws.xray.flags comes before all of that.
struct Flags {
  bool error = false;
  bool fault = false;
  bool throttle = false;

  [[nodiscard]] bool any() const { return error || fault; }
  bool operator==(const Flags&) const = default;
};
Flags flags_of(const trace::SpanRecord& record, const Fields& fields);

}  // namespace spawn::xray
