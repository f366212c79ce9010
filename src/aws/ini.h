// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
//
// The INI dialect of ~/.aws/config and ~/.aws/credentials: sections, `key = value`, comments (a
// line that begins with # or ;, or the rest of a line after a blank and # or ;), and settings
// nested below an empty value by a line that begins with a blank. Pure. An error names file and
// line but never shows the line, which may hold a secret.
// https://docs.aws.amazon.com/sdkref/latest/guide/file-format.html
#pragma once

#include <map>
#include <string>
#include <string_view>

#include "core/result.h"

namespace spawn::aws {

struct IniProperty {
  std::string value;
  std::map<std::string, std::string> nested;  // keys in lower case
};
using IniSection = std::map<std::string, IniProperty>;  // by key in lower case
using IniFile = std::map<std::string, IniSection>;      // by "default", "profile dev", "services x"

// Sections of one name are merged; the later value of a key counts. `path` is for messages.
core::Result<IniFile> parse_ini(std::string_view text, std::string_view path);

}  // namespace spawn::aws
