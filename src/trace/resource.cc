// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
#include "trace/resource.h"

#include <algorithm>

namespace spawn::trace {

Resource::Resource(std::vector<std::pair<std::string, OwnedValue>> attributes) {
  for (auto& [key, value] : attributes) set(key, std::move(value));
}

void Resource::set(std::string_view key, OwnedValue value) {
  const auto at = std::ranges::find(attributes_, key, [](const auto& a) { return a.first; });
  if (at != attributes_.end()) {
    at->second = std::move(value);
  } else {
    attributes_.emplace_back(key, std::move(value));
  }
}

const OwnedValue* Resource::find(std::string_view key) const {
  const auto at = std::ranges::find(attributes_, key, [](const auto& a) { return a.first; });
  return at == attributes_.end() ? nullptr : &at->second;
}

std::string_view Resource::text(std::string_view key) const {
  const OwnedValue* value = find(key);
  if (value == nullptr) return {};
  const auto* text = std::get_if<std::string>(value);
  return text == nullptr ? std::string_view() : *text;
}

}  // namespace spawn::trace
