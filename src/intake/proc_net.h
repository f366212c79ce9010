// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
//
// Who is behind a port of this machine: /proc/net/udp, tcp and their likes for IPv6 tell the uid,
// as long as the socket is open. Best effort: a short-lived program may be gone.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <string_view>
#include <vector>

namespace spawn::intake {

// The uids of all sockets on that local port, from the text of such a file. Pure.
std::vector<uid_t> uids_of_port(std::string_view proc_net, std::uint16_t port);

enum class Protocol { udp, tcp };
enum class Sender { expected, other, unknown };
// Root counts as expected: it may read and send anything anyway, and `sudo -E` should be seen.
Sender sender_of(Protocol protocol, std::uint16_t port, uid_t expected);

}  // namespace spawn::intake
