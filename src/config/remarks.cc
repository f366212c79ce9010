// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
#include "config/remarks.h"

#include <fmt/format.h>

#include <utility>

#include "config/keys.h"

namespace spawn::config {

std::string remark_on(std::string_view key) {
  if (!key.starts_with("metrics-")) return {};
  return fmt::format("{}: accepted, but there is no metrics server in this version", key);
}

std::vector<std::string> remarks(const Settings& settings) {
  std::vector<std::string> lines;
  for (const Key& key : keys()) {
    std::string line = remark_on(key.name);
    if (!line.empty() && key.source(settings) != "default") lines.push_back(std::move(line));
  }
  return lines;
}

}  // namespace spawn::config
