// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
#include "server/udp_listener.h"

#include <poll.h>
#include <pthread.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <utility>

#include "core/loopback.h"

namespace spawn::server {
namespace {

constexpr std::size_t kMaxDatagram = 65536;
constexpr std::size_t kAtOnce = 50;
constexpr int kReceiveBufferBytes = 8 << 20;

}  // namespace

core::Result<std::unique_ptr<UdpListener>> UdpListener::listen(std::uint16_t port, Take take) {
  core::Fd wake(eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK));
  if (!wake.valid()) return core::fail(core::system_error("eventfd", errno));
  auto bound = core::bind_to_loopback(core::Transport::udp, port);
  if (!bound) return core::fail(bound.error());
  core::ask_for_receive_buffer(bound->fd, kReceiveBufferBytes);
  return std::unique_ptr<UdpListener>(
      new UdpListener(std::move(bound->fd), std::move(wake), bound->port, std::move(take)));
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
