// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
#include "trace/resource.h"

#include <algorithm>

#include "core/text.h"

namespace spawn::trace {
namespace {

void repair(OwnedValue& value) {
  if (auto* text = std::get_if<std::string>(&value)) *text = core::repair_utf8(*text);
  if (auto* all = std::get_if<std::vector<std::string>>(&value)) {
    for (std::string& text : *all) text = core::repair_utf8(text);
  }
}

}  // namespace

Resource::Resource(const std::vector<std::pair<std::string, OwnedValue>>& attributes) {
  for (const auto& [key, value] : attributes) set(key, value);
}

void Resource::set(std::string_view key, OwnedValue value) {
  repair(value);
  const auto at = std::ranges::find(
      attributes_, key, [](const auto& a) -> const auto& { return a.first; });
  if (at != attributes_.end()) {
    at->second = std::move(value);
  } else {
    attributes_.emplace_back(core::repair_utf8(key), std::move(value));
  }
}

const OwnedValue* Resource::find(std::string_view key) const {
  const auto at = std::ranges::find(
      attributes_, key, [](const auto& a) -> const auto& { return a.first; });
  return at == attributes_.end() ? nullptr : &at->second;
}

std::string_view Resource::text(std::string_view key) const {
  const OwnedValue* value = find(key);
  if (value == nullptr) return {};
  const auto* text = std::get_if<std::string>(value);
  return text == nullptr ? std::string_view() : *text;
}

}  // namespace spawn::trace
