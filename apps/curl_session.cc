// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
#include "apps/curl_session.h"

#include <utility>

#include "core/file.h"
#include "core/text.h"
#include "core/version.h"
#include "telemetry/resource_detectors.h"

namespace spawn::apps {

bool is_instance(const core::Env& env) {
  if (env.get_non_empty("AWS_EC2_METADATA_SERVICE_ENDPOINT")) return true;
  const auto vendor = core::read_file("/sys/class/dmi/id/sys_vendor");
  const auto version = core::read_file("/sys/class/dmi/id/bios_version");
  return telemetry::is_ec2_firmware(vendor ? core::trim(*vendor) : std::string_view(),
                                    version ? std::string_view(*version) : std::string_view());
}

core::Result<std::unique_ptr<CurlSession>> CurlSession::make(const std::string& region,
                                                             const std::string& profile,
                                                             const core::Env& env,
                                                             core::Clock& clock, core::Rng& rng,
                                                             telemetry::Tracer* tracer) {
  std::unique_ptr<CurlSession> made(new CurlSession(env));
  auto session =
      aws::Session::make({region, profile, is_instance(env), std::string(core::version())},
                         {env, made->client_, clock, rng}, tracer);
  if (!session) return core::fail(std::move(session.error()));
  made->session_ = std::move(*session);
  return made;
}

}  // namespace spawn::apps
