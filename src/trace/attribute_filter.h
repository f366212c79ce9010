// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
//
// What an exporter may show of spans: which attributes, and what of their values. Secrets
// (trace/secrets.h) are hidden whatever else is said, in attributes of spans, events, links and
// resources, in names and in status messages. What is over a person's limits is left out or cut.
// Made once, asked for every span; nothing is copied of a span that stays as it is. Not
// thread-safe: one for each exporter.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "trace/resource.h"
#include "trace/secrets.h"
#include "trace/span_limits.h"
#include "trace/span_record.h"

namespace spawn::trace {

// Patterns of keys have '*' for any number of characters, '?' for one: "http.request.header.*".
struct FilterRules {
  std::vector<std::string> allow{};     // if there are any: no other attribute is exported
  std::vector<std::string> deny{};      // not exported; stronger than `allow`
  std::vector<std::string> mask{};      // the value becomes the replacement
  std::vector<std::string> keep{};      // values that look like a secret and are none
  std::vector<std::string> patterns{};  // regular expressions: what matches becomes the replacement
  std::optional<std::string> replacement{};

  friend bool operator==(const FilterRules&, const FilterRules&) = default;
};

// Whether the whole key is what the pattern says.
bool matches(std::string_view pattern, std::string_view key);

class AttributeFilter {
 public:
  // Replaces in `text` what it matches; false when that is nothing.
  using Pattern = std::function<bool(std::string& text, const std::string& replacement)>;

  // Secrets alone.
  AttributeFilter();
  // Each set of rules comes on top of those before: an attribute has to pass all. `patterns` are
  // theirs, compiled. What passes is kept within `limits`.
  AttributeFilter(std::vector<FilterRules> rules, std::vector<Pattern> patterns,
                  std::optional<SpanLimits> limits = {});

  // Must anything of it be changed?
  [[nodiscard]] bool concerns(const SpanRecord& record);
  // A copy without what must not be shown.
  void copy(const SpanRecord& from, SpanRecord& to);

  [[nodiscard]] bool concerns(const Resource& resource);
  // `allow` is about spans; service.name stays.
  [[nodiscard]] Resource copy(const Resource& from);

 private:
  enum class Verdict : std::uint8_t { look, address, keep, mask, drop };

  struct Known {
    std::string key;
    Verdict verdict = Verdict::look;
  };

  [[nodiscard]] Verdict verdict(std::string_view key);
  [[nodiscard]] Verdict judge(std::string_view key) const;
  [[nodiscard]] bool text_concerns(Verdict verdict, std::string_view text);
  [[nodiscard]] bool concerns(Verdict verdict, const Value& value);
  [[nodiscard]] std::string shown_text(Verdict verdict, std::string_view text);
  [[nodiscard]] OwnedValue shown(Verdict verdict, OwnedValue value);

  std::vector<FilterRules> rules_;
  std::vector<Pattern> patterns_;
  std::optional<SpanLimits> limits_;
  std::string replacement_{kRedacted};
  std::vector<Known> known_;  // of keys seen, the last one in each slot
  std::string storage_;
};

}  // namespace spawn::trace
