// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
//
// A UDP port of 127.0.0.1 whose datagrams are handed on, one after the other, by a thread of its
// own. Datagrams larger than 64 KiB do not exist.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <string_view>
#include <thread>
#include <vector>

#include "core/file.h"
#include "core/result.h"

namespace spawn::server {

class UdpListener {
 public:
  using Take = std::function<void(std::span<const std::string_view> datagrams)>;

  // Port 0: any free one. Code::unavailable when it is taken. `take` gets what waits, at most 50 at
  // a time.
  static core::Result<std::unique_ptr<UdpListener>> listen(std::uint16_t port, Take take);
  ~UdpListener();
  UdpListener(const UdpListener&) = delete;
  UdpListener& operator=(const UdpListener&) = delete;

  [[nodiscard]] std::uint16_t port() const { return port_; }
  // Takes what is in the socket already, then ends. Twice is once.
  void close();

 private:
  UdpListener(core::Fd socket, core::Fd wake, std::uint16_t port, Take take);
  void run();
  bool drain();

  core::Fd socket_;
  core::Fd wake_;
  std::uint16_t port_;
  Take take_;
  std::vector<char> buffer_;
  std::thread thread_;
};

}  // namespace spawn::server
