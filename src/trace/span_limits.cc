// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
#include "trace/span_limits.h"

#include <variant>
#include <vector>

namespace spawn::trace {
namespace {

// Where the character after the first `characters` begins; the text's end when there is none.
std::size_t end_of(std::string_view text, std::size_t characters) {
  if (text.size() <= characters) return text.size();
  std::size_t seen = 0;
  for (std::size_t at = 0; at < text.size(); ++at) {
    const bool begins = (static_cast<unsigned char>(text[at]) & 0xC0) != 0x80;
    if (begins && seen++ == characters) return at;
  }
  return text.size();
}

bool is_longer(const Value& value, std::size_t characters) {
  if (value.type() == ValueType::string) {
    return end_of(value.string(), characters) < value.string().size();
  }
  bool longer = false;
  if (value.type() == ValueType::strings) {
    value.for_each_element([&](const Value& one) {
      longer = longer || end_of(one.string(), characters) < one.string().size();
    });
  }
  return longer;
}

}  // namespace

void cut(OwnedValue& value, std::size_t characters) {
  if (auto* const text = std::get_if<std::string>(&value)) text->resize(end_of(*text, characters));
  if (auto* const texts = std::get_if<std::vector<std::string>>(&value)) {
    for (std::string& text : *texts) text.resize(end_of(text, characters));
  }
}

bool exceeds(const SpanLimits& limits, const SpanRecord& record) {
  if (record.event_count() > limits.events || record.link_count() > limits.links) return true;
  std::size_t count = 0;
  bool over = false;
  const auto look = [&](std::size_t most) {
    return [&over, &count, &limits, most](const Attribute& a) {
      over = over || ++count > most || is_longer(a.value, limits.characters);
    };
  };
  record.for_each_attribute(look(limits.attributes));
  record.for_each_event([&](const SpanRecord::Event& event) {
    count = 0;
    record.for_each_attribute_of(event, look(limits.attributes_of_event));
  });
  record.for_each_link([&](const SpanRecord::Link& link) {
    count = 0;
    record.for_each_attribute_of(link, look(limits.attributes_of_link));
  });
  return over;
}

}  // namespace spawn::trace
