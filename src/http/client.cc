// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
#include "http/client.h"

#include "core/text.h"

namespace spawn::http {

std::string_view header(const Headers& headers, std::string_view name) {
  for (const auto& [key, value] : headers) {
    if (core::iequals(key, name)) return value;
  }
  return {};
}

void set_header(Headers& headers, std::string_view name, std::string value) {
  std::erase_if(headers, [&](const auto& entry) { return core::iequals(entry.first, name); });
  headers.emplace_back(name, std::move(value));
}

}  // namespace spawn::http
