// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
//
// How `spored status`, `config`, `complete`, `reload` and `span` talk to the running agent: one
// JSON object each way over a Unix socket that its owner alone may open. One request a connection.
// The agent answers between two other things it does, so both sides have short time-outs.
#pragma once

#include <functional>
#include <string>

#include "core/file.h"
#include "core/json.h"
#include "core/result.h"

namespace spawn::agent {

// {"ok":…}, or {"error":{"code":"not_found","message":"…"}}.
using Answer = core::Result<core::Json>;

class ControlServer {
 public:
  // Replaces a socket that nobody listens to any more. Code::invalid_argument when another agent
  // does, or the path is too long for a socket (107 bytes).
  static core::Result<ControlServer> listen(const std::string& path);
  ControlServer(ControlServer&&) noexcept = default;
  ControlServer& operator=(ControlServer&&) noexcept = default;
  ControlServer(const ControlServer&) = delete;
  ControlServer& operator=(const ControlServer&) = delete;
  // Removes the socket.
  ~ControlServer();

  // Readable when somebody has come.
  [[nodiscard]] int fd() const { return socket_.get(); }
  // Takes one request and answers it. Whoever says nothing for 200 ms is sent away.
  void serve(const std::function<Answer(const core::Json& request)>& handle) const;

 private:
  ControlServer(core::Fd socket, std::string path)
      : socket_(std::move(socket)), path_(std::move(path)) {}
  core::Fd socket_;
  std::string path_;
};

// The agent's answer. Code::unavailable: nobody listens there; Code::timeout: it did not answer in
// ten seconds.
Answer ask_agent(const std::string& path, const core::Json& request);

}  // namespace spawn::agent
