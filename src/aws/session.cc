// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
#include "aws/session.h"

#include <utility>

#include "aws/retrying_caller.h"
#include "aws/stack.h"
#include "aws/user_agent.h"

namespace spawn::aws {

core::Result<std::unique_ptr<Session>> Session::make(const SessionRequest& request,
                                                     const Outside& outside,
                                                     telemetry::Tracer* tracer) {
  auto profile = load_profile(outside.env, request.profile);
  if (!profile) return core::fail(std::move(profile.error()));
  const auto retry = retry_policy(outside.env, *profile);
  if (!retry) return core::fail(retry.error());
  auto region = resolve_region(request.region, outside.env, *profile);
  if (!region && !request.on_instance) return core::fail(std::move(region.error()));

  std::unique_ptr<Session> session(new Session(std::move(*profile), region.value_or(""), outside));
  session->credentials_ = make_default_credentials(outside.env, outside.client, outside.clock,
                                                   outside.rng, request.profile);
  const StackParts parts{
      outside.client, *session->credentials_,
      outside.clock,  outside.rng,
      *retry,         user_agent(request.version, outside.env, session->profile_)};
  session->caller_ =
      tracer != nullptr ? make_traced_stack(parts, *tracer) : make_plain_stack(parts);
  return session;
}

core::Result<std::string> Session::region() {
  if (region_.empty()) {
    auto region = Imds(outside_.env, outside_.client, outside_.clock)
                      .get("/latest/meta-data/placement/region");
    if (!region) return core::fail(std::move(region.error()).while_("finding the region"));
    region_ = std::move(*region);
  }
  return region_;
}

core::Result<Endpoint> Session::endpoint(const ServiceInfo& service,
                                         std::string_view explicit_url) {
  const auto where = region();
  if (!where) return core::fail(where.error());
  return resolve_endpoint(service, explicit_url, *where, outside_.env, profile_);
}

}  // namespace spawn::aws
