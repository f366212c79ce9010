// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
#include "aws/ini.h"

#include <fmt/format.h>

#include <optional>

#include "core/text.h"

namespace spawn::aws {
namespace {

std::string_view without_comment(std::string_view line) {
  for (std::size_t i = 0; i < line.size(); ++i) {
    const bool starts = line[i] == '#' || line[i] == ';';
    if (starts && (i == 0 || line[i - 1] == ' ' || line[i - 1] == '\t')) return line.substr(0, i);
  }
  return line;
}

// "[ profile   dev ]" → "profile dev", "[profile "my dev"]" → "profile my dev"; nothing when it is
// no section line.
std::optional<std::string> section_name(std::string_view line) {
  if (line.size() < 2 || line.front() != '[' || line.back() != ']') return std::nullopt;
  std::string name;
  char quote = 0;
  for (const char c : core::trim(line.substr(1, line.size() - 2))) {
    if (quote == 0 && (c == '"' || c == '\'')) {
      quote = c;
    } else if (c == quote && quote != 0) {
      quote = 0;
    } else if (quote != 0 || (c != ' ' && c != '\t')) {
      name += c;
    } else if (!name.ends_with(' ')) {
      name += ' ';
    }
  }
  if (name.empty() || quote != 0) return std::nullopt;
  return name;
}

struct Setting {
  std::string key;
  std::string value;
};
std::optional<Setting> split_setting(std::string_view line) {
  const auto equals = line.find('=');
  if (equals == std::string_view::npos) return std::nullopt;
  Setting setting{core::to_lower(core::trim(line.substr(0, equals))),
                  std::string(core::trim(line.substr(equals + 1)))};
  if (setting.key.empty()) return std::nullopt;
  return setting;
}

class Parser {
 public:
  // False, with `expected` set, when the line is wrong.
  bool take(std::string_view line) {
    const bool indented = line.front() == ' ' || line.front() == '\t';
    line = core::trim(line);
    if (indented && property_ != nullptr) return take_indented(line);
    if (line.front() == '[') return take_section(line);
    if (section_ == nullptr) {
      expected = "a [section] before the first setting";
      return false;
    }
    auto setting = split_setting(line);
    if (!setting) {
      expected = "'key = value' or '[section]'";
      return false;
    }
    property_ = &(*section_)[setting->key];
    *property_ = {std::move(setting->value), {}};
    return true;
  }

  IniFile file;
  std::string_view expected;

 private:
  bool take_section(std::string_view line) {
    const auto name = section_name(line);
    if (!name) {
      expected = "'[default]' or '[profile NAME]'";
      return false;
    }
    section_ = &file[*name];
    property_ = nullptr;
    return true;
  }

  bool take_indented(std::string_view line) {
    if (!property_->value.empty()) {
      property_->value += "\n" + std::string(line);
      return true;
    }
    auto setting = split_setting(line);
    if (!setting) {
      expected = "'key = value' below the setting that it belongs to";
      return false;
    }
    property_->nested[setting->key] = std::move(setting->value);
    return true;
  }

  IniSection* section_ = nullptr;
  IniProperty* property_ = nullptr;
};

}  // namespace

core::Result<IniFile> parse_ini(std::string_view text, std::string_view path) {
  Parser parser;
  int number = 0;
  if (text.starts_with("\xEF\xBB\xBF")) text.remove_prefix(3);
  for (const std::string_view raw : core::split(text, '\n')) {
    ++number;
    const std::string_view line = without_comment(raw);
    if (core::trim(line).empty()) continue;
    if (!parser.take(line)) {
      return core::fail(core::Code::invalid_argument,
                        fmt::format("{}:{}: expected {}", path, number, parser.expected));
    }
  }
  return std::move(parser.file);
}

}  // namespace spawn::aws
