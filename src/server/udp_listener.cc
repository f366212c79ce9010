// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
#include "server/udp_listener.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <pthread.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <utility>

namespace spawn::server {
namespace {

constexpr std::size_t kMaxDatagram = 65536;
constexpr std::size_t kAtOnce = 50;
constexpr int kReceiveBufferBytes = 8 << 20;

core::Result<std::uint16_t> bind_to_loopback(int socket, std::uint16_t port) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  auto* generic = reinterpret_cast<sockaddr*>(&address);
  socklen_t size = sizeof address;
  if (::bind(socket, generic, size) != 0) {
    if (errno == EADDRINUSE) {
      return core::fail(core::Code::unavailable, "the UDP port is taken by another program");
    }
    return core::fail(core::system_error("bind 127.0.0.1", errno));
  }
  if (getsockname(socket, generic, &size) != 0) {
    return core::fail(core::system_error("getsockname", errno));
  }
  return ntohs(address.sin_port);
}

}  // namespace

core::Result<std::unique_ptr<UdpListener>> UdpListener::listen(std::uint16_t port, Take take) {
  core::Fd socket(::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
  core::Fd wake(eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK));
  if (!socket.valid() || !wake.valid()) return core::fail(core::system_error("socket", errno));
  const int bytes = kReceiveBufferBytes;
  (void)setsockopt(socket.get(), SOL_SOCKET, SO_RCVBUF, &bytes, sizeof bytes);
  const auto bound = bind_to_loopback(socket.get(), port);
  if (!bound) return core::fail(bound.error());
  return std::unique_ptr<UdpListener>(
      new UdpListener(std::move(socket), std::move(wake), *bound, std::move(take)));
}

UdpListener::UdpListener(core::Fd socket, core::Fd wake, std::uint16_t port, Take take)
    : socket_(std::move(socket)),
      wake_(std::move(wake)),
      port_(port),
      take_(std::move(take)),
      buffer_(kAtOnce * kMaxDatagram),
      thread_([this] { run(); }) {}

UdpListener::~UdpListener() { close(); }

void UdpListener::close() {
  if (!thread_.joinable()) return;
  const std::uint64_t one = 1;
  while (write(wake_.get(), &one, sizeof one) < 0 && errno == EINTR) {
  }
  thread_.join();
}

void UdpListener::run() {
  (void)pthread_setname_np(pthread_self(), "xray-udp");
  pollfd watched[] = {{socket_.get(), POLLIN, 0}, {wake_.get(), POLLIN, 0}};
  for (;;) {
    (void)poll(watched, 2, -1);
    const bool ending = watched[1].revents != 0;
    // Senders may never stop: at the end, as much as the socket's buffer can hold.
    for (int round = 0; drain() && (!ending || round < 1000); ++round) {
    }
    if (ending) return;
  }
}

// What waits, up to kAtOnce; whether there may be more.
bool UdpListener::drain() {
  std::vector<std::string_view> datagrams;
  while (datagrams.size() < kAtOnce) {
    char* at = buffer_.data() + datagrams.size() * kMaxDatagram;
    const ssize_t size = recv(socket_.get(), at, kMaxDatagram, 0);
    if (size < 0 && errno == EINTR) continue;
    if (size < 0) break;
    datagrams.emplace_back(at, static_cast<std::size_t>(size));
  }
  if (!datagrams.empty()) take_(datagrams);
  return datagrams.size() == kAtOnce;
}

}  // namespace spawn::server
