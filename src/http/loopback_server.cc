// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
#include "http/loopback_server.h"

#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <string>
#include <utility>

namespace spawn::http {
namespace {

constexpr int kBacklog = 128;
constexpr std::size_t kPiece = 64 * 1024;

Reply refusal(int status) {
  Reply reply;
  reply.status = status;
  return reply;
}

}  // namespace

struct LoopbackServer::Connection {
  Connection(core::Fd from, std::size_t max_body_bytes)
      : fd(std::move(from)), reader(max_body_bytes) {}

  void answer(const Reply& reply, bool keep_alive) {
    output += reply_text(reply, keep_alive);
    closing = closing || !keep_alive;
  }

  // What the client takes now.
  void send() {
    while (!output.empty()) {
      const ssize_t sent = ::send(fd.get(), output.data(), output.size(), MSG_NOSIGNAL);
      if (sent < 0 && errno == EINTR) continue;
      if (sent < 0) {
        gone = errno != EAGAIN && errno != EWOULDBLOCK;
        return;
      }
      output.erase(0, static_cast<std::size_t>(sent));
    }
    if (closing && !shut) {
      // The client reads the answer before it learns that nothing is read any more.
      shut = true;
      (void)shutdown(fd.get(), SHUT_WR);
    }
  }

  core::Fd fd;
  RequestReader reader;
  std::string output;
  bool closing = false;  // nothing is taken any more
  bool shut = false;     // all was said; what still comes is thrown away until the client goes
  bool gone = false;
};

core::Result<std::unique_ptr<LoopbackServer>> LoopbackServer::listen(core::Fd socket,
                                                                     const Limits& limits,
                                                                     Admits admits,
                                                                     Handler handler) {
  if (::listen(socket.get(), kBacklog) != 0) {
    return core::fail(core::system_error("listen", errno));
  }
  return std::unique_ptr<LoopbackServer>(
      new LoopbackServer(std::move(socket), limits, std::move(admits), std::move(handler)));
}

LoopbackServer::LoopbackServer(core::Fd socket, const Limits& limits, Admits admits,
                               Handler handler)
    : socket_(std::move(socket)),
      limits_(limits),
      admits_(std::move(admits)),
      handler_(std::move(handler)) {}

LoopbackServer::~LoopbackServer() = default;

// A client that does not read its answers is not read from.
void LoopbackServer::watch(std::vector<pollfd>& to) const {
  to.push_back({socket_.get(), POLLIN, 0});
  for (const auto& connection : connections_) {
    const short events = connection->output.empty() ? POLLIN : POLLOUT;
    to.push_back({connection->fd.get(), events, 0});
  }
}

void LoopbackServer::work(std::span<const pollfd> polled) {
  for (std::size_t i = 1; i < polled.size(); ++i) {
    const auto found = std::ranges::find(connections_, polled[i].fd,
                                         [](const auto& each) { return each->fd.get(); });
    if (polled[i].revents == 0 || found == connections_.end()) continue;
    Connection& connection = **found;
    if (connection.output.empty()) read(connection);
    connection.send();
    if (connection.gone) {
      connections_.erase(found);
    } else {
      std::rotate(found, found + 1, connections_.end());
    }
  }
  if (!polled.empty() && polled[0].revents != 0) accept_all();
}

void LoopbackServer::accept_all() {
  for (std::size_t i = 0; i < limits_.connections; ++i) {
    sockaddr_in peer{};
    socklen_t size = sizeof peer;
    core::Fd fd(accept4(socket_.get(), reinterpret_cast<sockaddr*>(&peer), &size,
                        SOCK_NONBLOCK | SOCK_CLOEXEC));
    if (!fd.valid() && (errno == EINTR || errno == ECONNABORTED)) continue;
    if (!fd.valid()) return;
    if (connections_.size() >= limits_.connections) connections_.erase(connections_.begin());
    connections_.push_back(std::make_unique<Connection>(std::move(fd), limits_.body_bytes));
    if (admits_(ntohs(peer.sin_port))) continue;
    connections_.back()->answer(refusal(403), false);
    connections_.back()->send();
  }
}

void LoopbackServer::read(Connection& connection) {
  char piece[kPiece];
  const ssize_t size = recv(connection.fd.get(), piece, sizeof piece, 0);
  if (size < 0 && (errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR)) return;
  if (size <= 0) {
    connection.gone = true;
    return;
  }
  if (connection.closing) return;
  if (held_bytes() + static_cast<std::size_t>(size) > limits_.all_bytes) {
    ++refused_;
    connection.answer(refusal(503), false);
  } else {
    take(connection, connection.reader.feed({piece, static_cast<std::size_t>(size)}));
  }
  if (connection.closing) connection.reader = RequestReader(0);  // what it held is free again
}

void LoopbackServer::take(Connection& connection, RequestReader::State state) {
  RequestReader& reader = connection.reader;
  for (; state == RequestReader::State::complete && !connection.closing; state = reader.next()) {
    (void)reader.take_continue();
    const bool keep_alive = reader.request().keep_alive;
    connection.answer(handler_(reader.request()), keep_alive);
  }
  if (state == RequestReader::State::refused) {
    ++refused_;
    connection.answer(refusal(reader.refusal()), false);
  } else if (reader.take_continue()) {
    connection.output += "HTTP/1.1 100 Continue\r\n\r\n";
  }
}

std::size_t LoopbackServer::held_bytes() const {
  std::size_t bytes = 0;
  for (const auto& each : connections_) bytes += each->reader.held_bytes();
  return bytes;
}

}  // namespace spawn::http
