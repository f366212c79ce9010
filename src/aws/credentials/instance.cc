// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
#include "aws/credentials/instance.h"

#include "aws/credentials/cached.h"
#include "aws/credentials/json.h"
#include "core/text.h"

namespace spawn::aws {
namespace {

constexpr std::string_view kPath = "/latest/meta-data/iam/security-credentials/";
constexpr core::Nanos kAskAgainAfter = std::chrono::minutes(5);

}  // namespace

core::Result<Credentials> InstanceCredentials::fetch() {
  const auto roles = imds_.get(kPath);
  if (!roles) return core::fail(roles.error());
  const std::string role(core::trim(core::split(*roles, '\n').front()));
  if (role.empty()) return core::fail(core::Code::not_found, "the instance has no role");
  const auto text = imds_.get(std::string(kPath) + core::percent_encode(role));
  if (!text) return core::fail(text.error());
  return parse_credentials_json(*text, "instance role '" + role + "'");
}

Credentials InstanceCredentials::prolonged(Credentials credentials) {
  credentials.expires_at_ns =
      clock_.now().wall_ns + (CachedCredentials::kAdvisory + kAskAgainAfter).count();
  return credentials;
}

core::Result<Credentials> InstanceCredentials::get() {
  auto fetched = fetch();
  if (!fetched) {
    if (last_) return prolonged(*last_);
    // Nobody there means that this is no instance.
    const bool absent = fetched.error().code == core::Code::unavailable ||
                        fetched.error().code == core::Code::timeout;
    if (absent) fetched.error().code = core::Code::not_found;
    return fetched;
  }
  last_ = *fetched;
  if (fetched->expires_at_ns && *fetched->expires_at_ns <= clock_.now().wall_ns) {
    return prolonged(std::move(*fetched));
  }
  return fetched;
}

}  // namespace spawn::aws
