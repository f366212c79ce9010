// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
#include "otelconfig/attribute_list.h"

#include "core/text.h"

namespace spawn::otelconfig {
namespace {

// Exactly %XX, or nothing.
std::optional<std::string> decoded(std::string_view text) {
  for (std::size_t at = text.find('%'); at != std::string_view::npos; at = text.find('%', at + 1)) {
    constexpr std::string_view kHex = "0123456789abcdefABCDEF";
    if (at + 2 >= text.size() || kHex.find(text[at + 1]) == std::string_view::npos ||
        kHex.find(text[at + 2]) == std::string_view::npos) {
      return std::nullopt;
    }
  }
  return core::percent_decode(text);
}

}  // namespace

std::optional<std::vector<std::pair<std::string, std::string>>> parse_attribute_list(
    std::string_view list) {
  std::vector<std::pair<std::string, std::string>> pairs;
  for (const std::string_view part : core::split(list, ',')) {
    if (core::trim(part).empty()) continue;
    const auto at = part.find('=');
    if (at == std::string_view::npos) return std::nullopt;
    auto name = decoded(core::trim(part.substr(0, at)));
    auto value = decoded(core::trim(part.substr(at + 1)));
    if (!name || name->empty() || !value) return std::nullopt;
    pairs.emplace_back(std::move(*name), std::move(*value));
  }
  return pairs;
}

}  // namespace spawn::otelconfig
