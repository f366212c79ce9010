// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
#include "trace/attribute_filter.h"

#include <algorithm>
#include <cstring>
#include <utility>
#include <variant>

#include "core/result.h"
#include "trace/attributes.h"

namespace spawn::trace {
namespace {

constexpr std::size_t kSlots = 256;

// Of both ends of the key: most differ in one of them.
std::size_t slot_of(std::string_view key) {
  constexpr std::uint64_t kOdd = 0x9E37'79B9'7F4A'7C15;
  std::uint64_t first = 0;
  std::uint64_t last = 0;
  if (key.size() >= sizeof first) {
    std::memcpy(&first, key.data(), sizeof first);
    std::memcpy(&last, key.data() + key.size() - sizeof last, sizeof last);
  } else {
    for (const char c : key) first = first << 8 | static_cast<unsigned char>(c);
  }
  return ((first * kOdd ^ last) * kOdd + key.size()) >> 56;
}
static_assert(kSlots == 1U << (64 - 56));

bool any_matches(const std::vector<std::string>& patterns, std::string_view key) {
  return std::ranges::any_of(patterns, [&](const auto& one) { return matches(one, key); });
}

// "--password", "x": the second one is a secret.
bool is_option_of_a_secret(std::string_view text) {
  return text.starts_with('-') && names_secret(text);
}

}  // namespace

bool matches(std::string_view pattern, std::string_view key) {
  std::size_t p = 0;
  std::size_t k = 0;
  std::size_t star = std::string_view::npos;
  std::size_t from = 0;  // where the last '*' has taken the key up to
  while (k < key.size()) {
    if (p < pattern.size() && pattern[p] == '*') {
      star = p++;
      from = k;
    } else if (p < pattern.size() && (pattern[p] == '?' || pattern[p] == key[k])) {
      ++p;
      ++k;
    } else if (star != std::string_view::npos) {
      p = star + 1;
      k = ++from;
    } else {
      return false;
    }
  }
  return pattern.find_first_not_of('*', p) == std::string_view::npos;
}

AttributeFilter::AttributeFilter() : known_(kSlots) {}

AttributeFilter::AttributeFilter(std::vector<FilterRules> rules, std::vector<Pattern> patterns,
                                 std::optional<SpanLimits> limits)
    : rules_(std::move(rules)), patterns_(std::move(patterns)), limits_(limits), known_(kSlots) {
  for (const FilterRules& one : rules_) {
    if (one.replacement) replacement_ = *one.replacement;
  }
  std::erase_if(rules_, [](const FilterRules& one) {
    return one.allow.empty() && one.deny.empty() && one.mask.empty() && one.keep.empty();
  });
}

AttributeFilter::Verdict AttributeFilter::judge(std::string_view key) const {
  const auto any = [&](auto list) {
    return std::ranges::any_of(rules_, [&](const auto& r) { return any_matches(r.*list, key); });
  };
  if (any(&FilterRules::deny)) return Verdict::drop;
  for (const FilterRules& one : rules_) {
    if (!one.allow.empty() && !any_matches(one.allow, key)) return Verdict::drop;
  }
  if (any(&FilterRules::mask)) return Verdict::mask;
  if (any(&FilterRules::keep)) return Verdict::keep;
  if (names_secret(key)) return Verdict::mask;
  return names_address(key) ? Verdict::address : Verdict::look;
}

// Keys are few and come again and again.
AttributeFilter::Verdict AttributeFilter::verdict(std::string_view key) {
  if (key.empty()) return Verdict::look;
  Known& known = known_[slot_of(key)];
  if (known.key != key) known = {std::string(key), judge(key)};
  return known.verdict;
}

std::string AttributeFilter::shown_text(Verdict verdict, std::string_view text) {
  if (verdict == Verdict::mask) return replacement_;
  std::string result(text);
  if (verdict == Verdict::look) result = without_secrets(text, storage_, replacement_);
  if (verdict == Verdict::address) result = address_without_secrets(text, storage_, replacement_);
  for (const Pattern& pattern : patterns_) (void)pattern(result, replacement_);
  return result;
}

bool AttributeFilter::text_concerns(Verdict verdict, std::string_view text) {
  if (verdict == Verdict::mask) return text != replacement_;
  if (verdict == Verdict::look &&
      without_secrets(text, storage_, replacement_).data() != text.data()) {
    return true;
  }
  if (verdict == Verdict::address &&
      address_without_secrets(text, storage_, replacement_).data() != text.data()) {
    return true;
  }
  return std::ranges::any_of(patterns_, [&](const Pattern& pattern) {
    storage_ = text;
    return pattern(storage_, replacement_);
  });
}

bool AttributeFilter::concerns(Verdict verdict, const Value& value) {
  if (verdict == Verdict::drop) return true;
  if (value.type() == ValueType::string) return text_concerns(verdict, value.string());
  if (verdict == Verdict::mask) return true;
  if (value.type() != ValueType::strings) return false;
  bool found = false;
  bool secret_follows = false;
  value.for_each_element([&](const Value& element) {
    found = found || secret_follows || text_concerns(verdict, element.string());
    secret_follows = verdict != Verdict::keep && is_option_of_a_secret(element.string());
  });
  return found;
}

// Most records have nothing in them that could be a secret: then only their keys are asked.
bool AttributeFilter::concerns(const SpanRecord& record) {
  if (limits_ && exceeds(*limits_, record)) return true;
  const bool look = !patterns_.empty() || may_hold_secret(record.payload_view());
  return record.any_of([&](std::string_view key, const Value& value) {
    const Verdict said = verdict(key);
    if (!look && said == Verdict::look && value.type() != ValueType::strings) return false;
    return concerns(said, value);
  });
}

OwnedValue AttributeFilter::shown(Verdict verdict, OwnedValue value) {
  if (verdict == Verdict::mask) return replacement_;
  if (auto* const text = std::get_if<std::string>(&value)) *text = shown_text(verdict, *text);
  if (auto* const texts = std::get_if<std::vector<std::string>>(&value)) {
    bool secret_follows = false;
    for (std::string& text : *texts) {
      const bool option = verdict != Verdict::keep && is_option_of_a_secret(text);
      text = shown_text(std::exchange(secret_follows, option) ? Verdict::mask : verdict, text);
    }
  }
  return value;
}

void AttributeFilter::copy(const SpanRecord& from, SpanRecord& to) {
  SpanRecord made;
  made.set_name(shown_text(Verdict::look, from.name()));
  if (const auto message = from.status_message(); !message.empty()) {
    made.set_status(from.status, shown_text(Verdict::look, message));
  }
  const SpanLimits limits = limits_.value_or(SpanLimits());
  const auto within = [&](Verdict said, const Value& value) {
    OwnedValue copied = shown(said, value.owned());
    cut(copied, limits.characters);
    return copied;
  };
  std::size_t count = 0;
  from.for_each_attribute([&](const Attribute& a) {
    const Verdict said = verdict(a.key);
    if (said == Verdict::drop || count++ >= limits.attributes) return;
    made.set(a.key, within(said, a.value));
  });
  const auto copy_attributes = [&](const auto& item, std::size_t most) {
    count = 0;
    from.for_each_attribute_of(item, [&](const Attribute& a) {
      const Verdict said = verdict(a.key);
      if (said == Verdict::drop || count++ >= most) return;
      made.set_on_last(a.key, within(said, a.value));
    });
  };
  from.for_each_event([&](const SpanRecord::Event& event) {
    if (made.event_count() >= limits.events) return;
    made.add_event(shown_text(Verdict::look, event.name), event.time_ns);
    copy_attributes(event, limits.attributes_of_event);
  });
  from.for_each_link([&](const SpanRecord::Link& link) {
    if (made.link_count() >= limits.links) return;
    made.add_link(link.to);
    copy_attributes(link, limits.attributes_of_link);
  });
  made.settle();
  static_cast<SpanHead&>(to) = static_cast<const SpanHead&>(from);
  const bool whole =
      to.restore(made.payload_view(), static_cast<std::uint32_t>(from.dropped_count()));
  SPAWN_CHECK(whole);
}

bool AttributeFilter::concerns(const Resource& resource) {
  return copy(resource).attributes() != resource.attributes();
}

Resource AttributeFilter::copy(const Resource& from) {
  Resource made;
  for (const auto& attribute : from.attributes()) {
    const std::string& key = attribute.first;
    const bool denied = std::ranges::any_of(
        rules_, [&](const FilterRules& one) { return any_matches(one.deny, key); });
    if (denied && key != key::kServiceName) continue;
    Verdict said = verdict(key);
    if (said == Verdict::drop) said = Verdict::look;  // not allowed, or the service's name
    made.set(key, shown(said, attribute.second));
  }
  return made;
}

}  // namespace spawn::trace
