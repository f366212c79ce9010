// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
//
// HTTP/1.1 for programs of this machine, without a thread of its own: it works inside the poll loop
// of whoever owns it, and the handler runs there. Bounded in connections and in bytes that are on
// their way; a client that is slow or silent holds up nobody. Not thread-safe.
#pragma once

#include <poll.h>

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <vector>

#include "core/file.h"
#include "core/result.h"
#include "http/request_reader.h"

namespace spawn::http {

class LoopbackServer {
 public:
  struct Limits {
    std::size_t body_bytes = 8U << 20;  // of one request, as it is sent: 413
    std::size_t all_bytes = 32U << 20;  // of all that are on their way: 503
    std::size_t connections = 64;       // the one that was silent longest goes
  };
  using Handler = std::function<Reply(ReceivedRequest& request)>;
  // Whether the program behind that local port may connect; it is answered 403 otherwise.
  using Admits = std::function<bool(std::uint16_t peer_port)>;

  // The socket is bound (core::bind_to_loopback).
  static core::Result<std::unique_ptr<LoopbackServer>> listen(core::Fd socket, const Limits& limits,
                                                              Admits admits, Handler handler);
  ~LoopbackServer();
  LoopbackServer(const LoopbackServer&) = delete;
  LoopbackServer& operator=(const LoopbackServer&) = delete;

  // Adds what is to be polled.
  void watch(std::vector<pollfd>& to) const;
  // Does what can be done without waiting. `polled`: what watch() added, and poll() answered.
  void work(std::span<const pollfd> polled);

  // Requests that never came to the handler: no proper HTTP, too large, too much at once.
  [[nodiscard]] std::uint64_t refused() const { return refused_; }

 private:
  struct Connection;

  LoopbackServer(core::Fd socket, const Limits& limits, Admits admits, Handler handler);
  void accept_all();
  void read(Connection& connection);
  void take(Connection& connection, RequestReader::State state);
  [[nodiscard]] std::size_t held_bytes() const;

  core::Fd socket_;
  Limits limits_;
  Admits admits_;
  Handler handler_;
  std::uint64_t refused_ = 0;
  std::vector<std::unique_ptr<Connection>> connections_;  // the one heard of last is last
};

}  // namespace spawn::http
