// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
//
// HTTP/1.1 on a port of 127.0.0.1, guarded (guard.h) and bounded: body, also after decompression,
// path, time, connections at once. The handler runs on several threads. This is the only file that
// knows the HTTP library.
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "core/result.h"
#include "server/exchange.h"
#include "server/guard.h"

namespace spawn::server {

inline constexpr std::size_t kMaxBodyBytes = 32U << 20;

class HttpServer {
 public:
  // Port 0: any free one. Code::unavailable when it is taken. Handler and guard must outlive it.
  static core::Result<std::unique_ptr<HttpServer>> listen(std::uint16_t port, const Guard& guard,
                                                          Handler handler);
  ~HttpServer();
  HttpServer(const HttpServer&) = delete;
  HttpServer& operator=(const HttpServer&) = delete;

  [[nodiscard]] std::uint16_t port() const;
  // "http://127.0.0.1:<port>", without a slash at the end.
  [[nodiscard]] std::string url() const;

  // Stops listening, ends streams of events, waits for the handlers that run. Twice is once.
  void close();

 private:
  struct Server;
  explicit HttpServer(std::unique_ptr<Server> server);
  std::unique_ptr<Server> server_;
};

}  // namespace spawn::server
