// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
//
// All of `spawn trace serve` but its command line: the store, the ports on loopback, and who
// answers what. Runs from start() until it is destroyed, which takes what has come in already.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/clock.h"
#include "core/result.h"
#include "server/digester.h"
#include "server/guard.h"
#include "server/http_server.h"
#include "server/page_api.h"
#include "server/traces.h"
#include "server/udp_listener.h"
#include "server/xray_api.h"
#include "store/trace_store.h"

namespace spawn::server {

inline constexpr std::uint16_t kDefaultPort = 4319;
inline constexpr std::uint16_t kDaemonPort = 2000;
inline constexpr std::uint16_t kOtlpPort = 4318;

struct ServiceOptions {
  std::string db;  // path of the store
  // Of HTTP. 0: any free one, and so for all other ports. Not given: kDefaultPort, or a free one
  // where that is taken.
  std::optional<std::uint16_t> port;
  bool udp = true;  // the X-Ray daemon's ports
  bool otlp = true;
  std::string version;
};

class Service {
 public:
  // A line for people, from any thread: what was left out, and why.
  using Note = std::function<void(const std::string& line)>;

  // Ports other than HTTP's that are taken are told and done without.
  static core::Result<std::unique_ptr<Service>> start(const ServiceOptions& options,
                                                      core::Clock& clock, Note note);
  ~Service();
  Service(const Service&) = delete;
  Service& operator=(const Service&) = delete;

  [[nodiscard]] const Addresses& addresses() const { return addresses_; }

 private:
  Service(std::unique_ptr<store::TraceStore> store, core::Clock& clock, const std::string& version,
          Note note);
  core::Status listen(const ServiceOptions& options);
  void listen_to_daemons_ports(bool any);
  core::Status listen_to_datagrams(std::uint16_t port);
  core::Status listen_to_daemons_tcp(std::uint16_t port);
  void listen_to_otlp(bool any);
  Answer answer(const Request& request);

  std::unique_ptr<store::TraceStore> store_;
  Note note_;
  Guard guard_;
  Traces traces_;
  Digester digester_;
  XRayApi xray_;
  PageApi page_;
  Addresses addresses_;
  std::unique_ptr<HttpServer> http_;
  std::unique_ptr<HttpServer> daemon_tcp_;
  std::unique_ptr<UdpListener> daemon_udp_;
  std::unique_ptr<HttpServer> otlp_;
};

}  // namespace spawn::server
