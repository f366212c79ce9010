// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
//
// A socket on 127.0.0.1, for whoever listens to programs of this machine: close-on-exec, never
// blocking.
#pragma once

#include <cstdint>

#include "core/file.h"
#include "core/result.h"

namespace spawn::core {

struct LoopbackSocket {
  Fd fd;
  std::uint16_t port = 0;
};

enum class Transport { udp, tcp };

// Port 0: any free one. Code::unavailable when it is taken. A TCP socket does not listen yet.
Result<LoopbackSocket> bind_to_loopback(Transport transport, std::uint16_t port);

// As much room for what arrives as may be had, up to `bytes`: root may go above
// net.core.rmem_max.
void ask_for_receive_buffer(const Fd& socket, int bytes);

}  // namespace spawn::core
