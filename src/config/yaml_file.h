// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
//
// The settings file as text values with their lines; what the values mean is settings.h. The only
// file that knows yaml-cpp: its exceptions end here. Knows every key there is, so a key that is not
// known, a list, an alias or anything nested deeper is refused as soon as it is read: hostile input
// never builds a tree. Layout: the guide's "Local Instances".
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "core/result.h"

namespace spawn::config {

struct YamlValue {
  std::string text;  // "" for a key without a value
  int line = 0;      // from 1
  bool quoted = false;
};

// What stands below observability.tracing.
struct YamlTracing {
  std::optional<YamlValue> enabled;
  std::optional<YamlValue> exporter;
  std::optional<YamlValue> sampling_rate;
  std::optional<YamlValue> endpoint;
};

inline constexpr std::size_t kMaxYamlBytes = 1U << 20;

// Code::invalid_argument, "NAME:LINE: what is wrong". An empty text is an empty file.
core::Result<YamlTracing> read_yaml(std::string_view text, std::string_view name);

}  // namespace spawn::config
