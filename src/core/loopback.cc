// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
#include "core/loopback.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <cerrno>
#include <string>
#include <utility>

namespace spawn::core {

Result<LoopbackSocket> bind_to_loopback(Transport transport, std::uint16_t port) {
  const bool udp = transport == Transport::udp;
  const int type = (udp ? SOCK_DGRAM : SOCK_STREAM) | SOCK_CLOEXEC | SOCK_NONBLOCK;
  Fd socket(::socket(AF_INET, type, 0));
  if (!socket.valid()) return fail(system_error("socket", errno));
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  auto* generic = reinterpret_cast<sockaddr*>(&address);
  socklen_t size = sizeof address;
  if (::bind(socket.get(), generic, size) != 0) {
    if (errno != EADDRINUSE) return fail(system_error("bind 127.0.0.1", errno));
    return fail(Code::unavailable,
                std::string("the ") + (udp ? "UDP" : "TCP") + " port is taken by another program");
  }
  if (getsockname(socket.get(), generic, &size) != 0) {
    return fail(system_error("getsockname", errno));
  }
  return LoopbackSocket{std::move(socket), ntohs(address.sin_port)};
}

void ask_for_receive_buffer(const Fd& socket, int bytes) {
  if (setsockopt(socket.get(), SOL_SOCKET, SO_RCVBUFFORCE, &bytes, sizeof bytes) == 0) return;
  (void)setsockopt(socket.get(), SOL_SOCKET, SO_RCVBUF, &bytes, sizeof bytes);
}

}  // namespace spawn::core
