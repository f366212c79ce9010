// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
#include "intake/proc_net.h"

#include <algorithm>
#include <charconv>
#include <string>

#include "core/file.h"
#include "core/text.h"

namespace spawn::intake {
namespace {

// Columns of "  sl  local_address rem_address st tx:rx tr:when retrnsmt uid …".
constexpr std::size_t kLocalAddress = 1;
constexpr std::size_t kUid = 7;

std::vector<std::string_view> columns(std::string_view line) {
  std::vector<std::string_view> out;
  for (const std::string_view part : core::split(line, ' ')) {
    if (!part.empty()) out.push_back(part);
  }
  return out;
}

template <typename T>
bool read_number(std::string_view text, int base, T& to) {
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), to, base);
  return error == std::errc() && end == text.data() + text.size();
}

}  // namespace

std::vector<uid_t> uids_of_port(std::string_view proc_net, std::uint16_t port) {
  std::vector<uid_t> uids;
  for (const std::string_view line : core::split(proc_net, '\n')) {
    const auto column = columns(line);
    if (column.size() <= kUid) continue;
    const std::string_view local = column[kLocalAddress];
    const auto colon = local.rfind(':');
    std::uint16_t number = 0;
    uid_t uid = 0;
    if (colon == std::string_view::npos) continue;
    if (!read_number(local.substr(colon + 1), 16, number) || number != port) continue;
    if (read_number(column[kUid], 10, uid)) uids.push_back(uid);
  }
  return uids;
}

Sender sender_of(Protocol protocol, std::uint16_t port, uid_t expected) {
  const std::string path_of_ip4 = protocol == Protocol::udp ? "/proc/net/udp" : "/proc/net/tcp";
  bool seen = false;
  for (const std::string& path : {path_of_ip4, path_of_ip4 + "6"}) {
    const auto text = core::read_file(path);
    if (!text) continue;
    for (const uid_t uid : uids_of_port(*text, port)) {
      if (uid == expected || uid == 0) return Sender::expected;
      seen = true;
    }
  }
  return seen ? Sender::other : Sender::unknown;
}

}  // namespace spawn::intake
