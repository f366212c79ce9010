// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
#include "xray/daemon_protocol.h"

#include "core/json.h"
#include "core/text.h"

namespace spawn::xray {

std::optional<std::string_view> document_in(std::string_view datagram) {
  constexpr int kMaxDepth = 4;
  const std::size_t line = datagram.find('\n');
  if (line == std::string_view::npos) return std::nullopt;
  const auto header = core::Json::parse(datagram.substr(0, line), kMaxDepth);
  const core::Json* version = header ? header->find("version") : nullptr;
  if (version == nullptr || version->integer() == nullptr || *version->integer() != 1 ||
      !core::iequals(header->text_at("format"), "json")) {
    return std::nullopt;
  }
  return datagram.substr(line + 1);
}

}  // namespace spawn::xray
