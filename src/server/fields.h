// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
//
// Reading and building the JSON of requests and replies, for the files of this room.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "core/json.h"

namespace spawn::server {

inline std::optional<double> number_at(const core::Json& object, std::string_view name) {
  const core::Json* found = object.find(name);
  return found == nullptr ? std::nullopt : found->number();
}

inline const core::Json::Array* list_at(const core::Json& object, std::string_view name) {
  const core::Json* found = object.find(name);
  return found == nullptr ? nullptr : found->array();
}

inline core::Json text(std::string_view value) { return core::Json(std::string(value)); }
inline core::Json integer(std::size_t value) {
  return core::Json(static_cast<std::int64_t>(value));
}

// Replaces a member of an object, or adds it.
inline void set_member(core::Json& object, std::string_view name, core::Json value) {
  for (auto& [key, old] : *object.object()) {
    if (key == name) {
      old = std::move(value);
      return;
    }
  }
  object.object()->emplace_back(name, std::move(value));
}

// Seconds since the epoch, of which X-Ray keeps the microseconds.
inline std::int64_t to_ns(double seconds) {
  constexpr double kMost = 9.2e9;  // years 1677 to 2261
  if (!(seconds > -kMost)) return INT64_MIN;
  return seconds < kMost ? static_cast<std::int64_t>(seconds * 1e6) * 1000 : INT64_MAX;
}
inline double to_seconds(std::int64_t ns) {
  const std::int64_t microseconds = ns / 1000;
  return static_cast<double>(microseconds) / 1e6;
}

}  // namespace spawn::server
