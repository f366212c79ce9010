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
      xray_(*store_, clock),
      page_(*store_, clock, version) {}

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

void Service::listen_to_daemons_ports(bool any) {
  // Who sends rubbish may send a lot of it.
  constexpr int kMaxComplaints = 20;
  auto udp = UdpListener::listen(any ? 0 : kDaemonPort, [this, told = 0](auto datagrams) mutable {
    for (const std::string& complaint : take_datagrams(*store_, datagrams)) {
      if (told < kMaxComplaints) note_(complaint);
      if (++told == kMaxComplaints) note_("what else is wrong with datagrams is not told");
    }
  });
  if (udp) {
    daemon_udp_ = std::move(*udp);
    addresses_.udp = fmt::format("127.0.0.1:{}", daemon_udp_->port());
  } else {
    note_(fmt::format("UDP {}: {}; carried on without it", kDaemonPort, udp.error().message));
  }
  auto tcp = HttpServer::listen(any ? 0 : kDaemonPort, guard_,
                                [this](const Request& request) { return answer(request); });
  if (tcp) {
    daemon_tcp_ = std::move(*tcp);
    addresses_.tcp = fmt::format("127.0.0.1:{}", daemon_tcp_->port());
  } else {
    note_(fmt::format("TCP {}: {}; carried on without it", kDaemonPort, tcp.error().message));
  }
}

void Service::listen_to_otlp(bool any) {
  auto otlp = HttpServer::listen(any ? 0 : kOtlpPort, guard_, [this](const Request& request) {
    if (request.method == "POST" && request.path == kOtlpPath) {
      return Answer(export_traces(*store_, request));
    }
    return Answer(aws_error(404, "NotFound", "this port takes POST /v1/traces only"));
  });
  if (!otlp) {
    note_(fmt::format("TCP {}: {}; carried on without OTLP on it", kOtlpPort,
                      otlp.error().message));
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
