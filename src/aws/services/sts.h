// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
//
// STS: who the credentials belong to (needs no permission, so it is the one call that tells whether
// they are good), and credentials of a role, for others or for a web identity's token.
// https://docs.aws.amazon.com/STS/latest/APIReference/
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "aws/caller.h"
#include "aws/credentials.h"
#include "aws/endpoints.h"
#include "core/clock.h"
#include "core/result.h"
#include "core/secret.h"

namespace spawn::aws::sts {

extern const ServiceInfo kService;

struct CallerIdentity {
  std::string account;
  std::string arn;
  std::string user_id;
};

core::Result<CallerIdentity> get_caller_identity(Caller& caller, const Endpoint& endpoint,
                                                 core::Deadline deadline);

struct AssumeRole {
  std::string role_arn;
  std::string session_name;
  std::string external_id;                       // "" for none
  std::optional<std::int64_t> duration_seconds;  // absent: an hour
};
core::Result<Credentials> assume_role(Caller& caller, const Endpoint& endpoint,
                                      const AssumeRole& request, core::Deadline deadline);

struct AssumeRoleWithWebIdentity {
  std::string role_arn;
  std::string session_name;
  core::Secret token;
};
// Not signed: the token is the permission, so send it on make_unsigned_stack().
core::Result<Credentials> assume_role_with_web_identity(Caller& caller, const Endpoint& endpoint,
                                                        const AssumeRoleWithWebIdentity& request,
                                                        core::Deadline deadline);

}  // namespace spawn::aws::sts
