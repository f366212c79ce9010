// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
#include "apps/serve.h"

#include <utility>

#include "core/version.h"
#include "server/service.h"

namespace spawn::apps {

core::Result<cli::Served> serve(const cli::ServeRequest& request,
                                std::function<void(const std::string& line)> note,
                                core::Clock& clock) {
  const server::ServiceOptions options{request.db, request.port, request.udp, request.otlp,
                                       std::string(core::version())};
  auto service = server::Service::start(options, clock, std::move(note));
  if (!service) return core::fail(std::move(service.error()));
  const server::Addresses& at = (*service)->addresses();
  cli::Served served{at.xray, at.otlp, at.udp, {}};
  served.running = std::shared_ptr<server::Service>(std::move(*service));
  return served;
}

}  // namespace spawn::apps
