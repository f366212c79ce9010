// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
//
// The settings file as text values with their lines; what the values mean is keys.h. The only file
// that knows yaml-cpp: its exceptions end here. Knows every key there is, so a key that is not
// known, a list (but of the filter's), an alias or anything nested deeper is refused as soon as it
// is read: hostile input never builds a tree. Layout: the guide's "Local Instances", and the table
// in keys.cc.
#pragma once

#include <map>
#include <string>
#include <string_view>

#include "core/result.h"

namespace spawn::config {

struct YamlValue {
  std::string text;  // "" for a key without a value
  int line = 0;      // from 1
  bool quoted = false;
};

// By the whole path of the key, "observability.tracing.enabled".
using YamlValues = std::map<std::string, YamlValue, std::less<>>;

inline constexpr std::size_t kMaxYamlBytes = 1U << 20;

// Code::invalid_argument, "NAME:LINE: what is wrong". An empty text is an empty file.
core::Result<YamlValues> read_yaml(std::string_view text, std::string_view name);

// The same file with one value changed or added: comments, order and all other lines stay as they
// are. `value` as it is to stand in the file, quoted where it must be. Code::invalid_argument when
// the file is not readable, or is written in a way (a value over several lines, maps in braces)
// that has to be edited by a person.
core::Result<std::string> edit_yaml(std::string_view text, std::string_view name,
                                    std::string_view path, std::string_view value);

}  // namespace spawn::config
