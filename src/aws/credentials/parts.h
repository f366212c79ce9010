// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
//
// What those sources of credentials share that ask AWS itself: the seams, the files, and the
// profile of this run, which says where STS is to be found. Owned by the whole chain.
#pragma once

#include <string>
#include <utility>

#include "aws/endpoints.h"
#include "aws/profile.h"
#include "core/clock.h"
#include "core/env.h"
#include "core/result.h"
#include "core/rng.h"
#include "http/client.h"

namespace spawn::aws {

struct SourceParts {
  const core::Env& env;
  http::Client& client;
  core::Clock& clock;
  core::Rng& rng;
  const SharedFiles& files;
  const Profile& profile;

  [[nodiscard]] core::Deadline deadline() const {
    return core::Deadline::after(clock, std::chrono::seconds(15));
  }
  // In `region`; "" for this run's own.
  [[nodiscard]] core::Result<Endpoint> endpoint(const ServiceInfo& service,
                                                std::string_view region = {}) const {
    const auto resolved = resolve_region(region, env, profile);
    if (!resolved) return core::fail(resolved.error());
    return resolve_endpoint(service, {}, *resolved, env, profile);
  }
};

// For a source that was meant: "none" would let the chain go on to somebody else's credentials.
inline core::Error in_earnest(core::Error error, std::string_view source) {
  if (error.code == core::Code::not_found) error.code = core::Code::unauthenticated;
  return std::move(error).while_(source);
}

// A role's session as AWS wants it named when the person gave no name.
inline std::string session_name(std::string_view configured, core::Clock& clock) {
  if (!configured.empty()) return std::string(configured);
  return "spawn-" + std::to_string(clock.now().wall_ns / 1'000'000'000);
}

}  // namespace spawn::aws
