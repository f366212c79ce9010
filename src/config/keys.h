// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
//
// The one table of settings that have a name: what `spored config` calls it (the tag's name without
// "spawn:"), where it stands in the YAML file, how its value is read, and how it is shown.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "config/settings.h"
#include "core/result.h"

namespace spawn::config {

struct SettingsBuilder;

// May also be a map there, of the parts of a filter (filter.h).
inline constexpr std::string_view kFilterYaml = "observability.tracing.filter";

struct Key {
  std::string_view name;  // "tracing-enabled"
  std::string_view yaml;  // "observability.tracing.enabled"
  bool plain;             // in YAML a bare word or number; text in quotes is another type
  // What `text` means becomes the setting; `source` says where it stood.
  core::Status (*store)(SettingsBuilder& to, std::string_view text, std::string_view source);
  std::string (*show)(const Settings& of);  // as it would be written
  const std::string& (*source)(const Settings& of);

  [[nodiscard]] std::string tag() const;             // "spawn:tracing-enabled"
  [[nodiscard]] std::string_view yaml_name() const;  // "enabled"
};

// In the order that `spored config list` shows them.
std::span<const Key> keys();
// By the name of `spored config`. Code::invalid_argument: there is none; the nearest.
core::Result<const Key*> find_key(std::string_view name);
const Key* find_yaml_key(std::string_view yaml);

// Whether the text would do as its value. Code::invalid_argument, without the key's name.
core::Status check_value(const Key& key, std::string_view text);

// As YAML text in double quotes.
std::string yaml_quoted(std::string_view text);
// A settings file that says what these tags say, for an instance that has no tags. Tags that are no
// settings are left out.
std::string yaml_of(const Tags& tags);

}  // namespace spawn::config
