// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
//
// Does what comes from a local port come from our own user? Remembers an answer for a second, since
// it costs reading /proc/net. One that cannot be told (the sender has ended) counts as ours: a
// program may send its last words and end.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <map>

#include "intake/proc_net.h"

namespace spawn::intake {

class SenderCheck {
 public:
  SenderCheck(Protocol protocol, uid_t expected) : protocol_(protocol), expected_(expected) {}

  [[nodiscard]] bool accepts(std::uint16_t source_port, std::int64_t now_steady_ns);

 private:
  struct Verdict {
    bool accepted = false;
    std::int64_t until_ns = 0;
  };

  Protocol protocol_;
  uid_t expected_;
  std::map<std::uint16_t, Verdict> verdicts_;
};

}  // namespace spawn::intake
