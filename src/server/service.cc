// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
#include "server/service.h"

#include <fmt/format.h>

#include <utility>

#include "server/intake.h"
#include "server/page_files.h"

namespace spawn::server {
namespace {

constexpr std::string_view kOtlpPath = "/v1/traces";

}  // namespace

core::Result<std::unique_ptr<Service>> Service::start(const ServiceOptions& options,
                                                      core::Clock& clock, Note note) {
  auto store = store::TraceStore::open(options.db, clock);
  if (!store) return core::fail(std::move(store.error()));
  std::unique_ptr<Service> service(
      new Service(std::move(*store), clock, options.version, std::move(note)));
  if (auto listening = service->listen(options); !listening) {
    return core::fail(std::move(listening.error()));
  }
  return service;
}

Service::Service(std::unique_ptr<store::TraceStore> store, core::Clock& clock,
                 const std::string& version, Note note)
    : store_(std::move(store)),
      note_(std::move(note)),
      traces_(*store_, clock),
      digester_(traces_),
      xray_(*store_, traces_, clock),
      page_(
          *store_, traces_, clock,
          [this](std::string_view name) { return xray_.groups().expression_of(name); }, version) {}

Service::~Service() = default;

core::Status Service::listen(const ServiceOptions& options) {
  const bool any = options.port == 0;
  const std::uint16_t wanted = options.port.value_or(kDefaultPort);
  const auto serve = [this](const Request& request) { return answer(request); };
  auto http = HttpServer::listen(wanted, guard_, serve);
  if (!http && !options.port) {
    note_(fmt::format("port {}: {}; another one is used", wanted, http.error().message));
    http = HttpServer::listen(0, guard_, serve);
  }
  if (!http) {
    return core::fail(http.error().code, fmt::format("port {}: {}; --port 0 picks a free one",
                                                     wanted, http.error().message));
  }
  http_ = std::move(*http);
  addresses_.xray = http_->url();
  if (options.udp) listen_to_daemons_ports(any);
  if (options.otlp) listen_to_otlp(any);
  page_.set_addresses(addresses_);
  return core::ok();
}

// UDP, and TCP of the same number: programs are told one address for both.
void Service::listen_to_daemons_ports(bool any) {
  constexpr int kTries = 20;  // until a free port is free for both
  core::Status udp = core::ok();
  core::Status tcp = core::ok();
  for (int i = 0; i < (any ? kTries : 1); ++i) {
    daemon_tcp_.reset();
    udp = listen_to_datagrams(any ? 0 : kDaemonPort);
    tcp = listen_to_daemons_tcp(any && daemon_udp_ ? daemon_udp_->port() : kDaemonPort);
    if (udp && tcp) break;
  }
  for (const auto& [name, status] : {std::pair("UDP", &udp), std::pair("TCP", &tcp)}) {
    if (*status) continue;
    note_(fmt::format("{} {}: {}; carried on without it", name, kDaemonPort,
                      status->error().message));
  }
  if (daemon_udp_) addresses_.udp = fmt::format("127.0.0.1:{}", daemon_udp_->port());
}

core::Status Service::listen_to_datagrams(std::uint16_t port) {
  // Who sends rubbish may send a lot of it.
  constexpr int kMaxComplaints = 20;
  daemon_udp_.reset();
  auto udp = UdpListener::listen(port, [this, told = 0](auto datagrams) mutable {
    for (const std::string& complaint : take_datagrams(*store_, datagrams)) {
      if (told < kMaxComplaints) note_(complaint);
      if (++told == kMaxComplaints) note_("what else is wrong with datagrams is not told");
    }
  });
  if (!udp) return core::fail(std::move(udp.error()));
  daemon_udp_ = std::move(*udp);
  return core::ok();
}

core::Status Service::listen_to_daemons_tcp(std::uint16_t port) {
  auto tcp =
      HttpServer::listen(port, guard_, [this](const Request& request) { return answer(request); });
  if (!tcp) return core::fail(std::move(tcp.error()));
  daemon_tcp_ = std::move(*tcp);
  return core::ok();
}

void Service::listen_to_otlp(bool any) {
  auto otlp = HttpServer::listen(any ? 0 : kOtlpPort, guard_, [this](const Request& request) {
    if (request.method == "POST" && request.path == kOtlpPath) {
      return Answer(export_traces(*store_, request));
    }
    return Answer(aws_error(404, "NotFound", "this port takes POST /v1/traces only"));
  });
  if (!otlp) {
    note_(
        fmt::format("TCP {}: {}; carried on without OTLP on it", kOtlpPort, otlp.error().message));
    return;
  }
  otlp_ = std::move(*otlp);
  addresses_.otlp = otlp_->url();
}

Answer Service::answer(const Request& request) {
  if (request.method == "POST") {
    if (request.path == kOtlpPath) return export_traces(*store_, request);
    return xray_.serve(request.path, request.body);
  }
  if (request.path.starts_with("/api/")) return page_.serve(request);
  return serve_page(request, guard_.token());
}

}  // namespace spawn::server
