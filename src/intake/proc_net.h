// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
//
// Who sent a loopback datagram: /proc/net/udp and udp6 tell the uid behind a local port, as long as
// the socket is open. Best effort: a short-lived program may be gone.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <string_view>
#include <vector>

namespace spawn::intake {

// The uids of all sockets on that local port, from the text of such a file. Pure.
std::vector<uid_t> uids_of_port(std::string_view proc_net_udp, std::uint16_t port);

enum class Sender { expected, other, unknown };
// Root counts as expected: it may read and send anything anyway, and `sudo -E` should be seen.
Sender sender_of(std::uint16_t port, uid_t expected);

}  // namespace spawn::intake
