// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
//
// A real HTTP/1.1 server on 127.0.0.1 with an ephemeral port, for tests of the real transport and
// for fake services that foreign programs talk to. The handler runs on the server's own threads,
// several at a time. Closing it never hangs, not even while requests are left without an answer.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include "http/client.h"

namespace spawn::testing {

class LoopbackServer {
 public:
  // The request's url is absolute, its target as the client wrote it. A reply with status 0 is
  // never sent: the client is left waiting until the server closes.
  using Handler = std::function<http::Reply(const http::Request&)>;

  // Listens when it returns. A port of 0 takes any free one.
  explicit LoopbackServer(Handler handler, std::uint16_t port = 0);
  ~LoopbackServer();
  LoopbackServer(const LoopbackServer&) = delete;
  LoopbackServer& operator=(const LoopbackServer&) = delete;

  [[nodiscard]] std::uint16_t port() const;
  // "http://127.0.0.1:<port>", without a slash at the end.
  [[nodiscard]] std::string url() const;

  // Stops listening and ends every connection. The second call does nothing.
  void close();

 private:
  struct Server;
  std::unique_ptr<Server> server_;
};

}  // namespace spawn::testing
