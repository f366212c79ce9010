// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
#include "apps/curl_session.h"

#include <utility>

#include "core/file.h"
#include "core/text.h"
#include "core/version.h"

namespace spawn::apps {

// Nitro instances by vendor, Xen ones by version.
// https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/identify_ec2_instances.html
bool is_instance(const core::Env& env) {
  if (env.get_non_empty("AWS_EC2_METADATA_SERVICE_ENDPOINT")) return true;
  const auto vendor = core::read_file("/sys/class/dmi/id/sys_vendor");
  const auto version = core::read_file("/sys/class/dmi/id/bios_version");
  return (vendor && core::trim(*vendor) == "Amazon EC2") ||
         (version && version->find("amazon") != std::string::npos);
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
