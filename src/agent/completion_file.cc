// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
#include "agent/completion_file.h"

#include <fmt/format.h>
#include <sys/stat.h>

#include <algorithm>

#include "core/file.h"
#include "core/text.h"

namespace spawn::agent {
namespace {

constexpr std::size_t kMostBytes = 64U << 10;

}  // namespace

core::Result<bool> parse_completion_status(std::string_view text) {
  if (text == "success") return true;
  if (text == "failed" || text == "partial") return false;
  return core::fail(core::Code::invalid_argument,
                    fmt::format("'{}' is no status; expected success, failed or partial",
                                core::visible(core::utf8_prefix(text, 60))));
}

std::string stamp_of(const std::string& path) {
  struct stat seen {};
  if (stat(path.c_str(), &seen) != 0) return {};
  return fmt::format("{}:{}.{}", seen.st_ino, seen.st_mtim.tv_sec, seen.st_mtim.tv_nsec);
}

std::optional<Completion> read_completion(const std::string& path) {
  const auto text = core::read_file(path, kMostBytes);
  if (!text) return std::nullopt;
  const std::string_view all = core::trim(*text);
  if (all.empty()) return Completion{};
  const std::size_t line = std::min(all.find('\n'), all.size());
  const auto status = parse_completion_status(core::trim(all.substr(0, line)));
  if (!status) return Completion{false, status.error().message};
  return Completion{*status, std::string(core::trim(all.substr(line)))};
}

std::string completion_text(std::string_view status, std::string_view message) {
  return message.empty() ? fmt::format("{}\n", status) : fmt::format("{}\n{}\n", status, message);
}

}  // namespace spawn::agent
