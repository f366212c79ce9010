// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
//
// `spawn trace serve`: the local X-Ray, until SIGINT or SIGTERM. What other programs need to be
// told goes to stdout, as lines for a shell.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "cli/parts.h"
#include "core/result.h"

namespace CLI {
class App;
}

namespace spawn::cli {

// What is asked for, and where it is then reached until it is destroyed. apps/ gives the real one.
struct ServeRequest {
  std::optional<std::uint16_t> port;
  std::string db;
  bool udp = true;
  bool otlp = true;
};
struct Served {
  std::string xray;  // URL
  std::string otlp;  // URL, "" for none
  std::string udp;   // host:port, "" for none
  std::shared_ptr<void> running;
};
using Serve = std::function<core::Result<Served>(
    const ServeRequest&, std::function<void(const std::string& line)> note)>;

struct ServeOptions {
  std::optional<std::uint16_t> port;
  std::string db;
  bool open = false;
  bool no_udp = false;
  bool no_otlp = false;
};
void add_serve_options(CLI::App& serve, ServeOptions& options);

// The exit status.
int trace_serve(const ServeOptions& options, const Serve& serve, const Parts& parts);

}  // namespace spawn::cli
