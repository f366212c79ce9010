// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
//
// IAM Identity Center (single sign-on), as far as credentials need it: its portal hands out a
// role's credentials for a login token, and its OIDC service renews the token. Neither is signed:
// the token is the permission, so send them on make_unsigned_stack().
// https://docs.aws.amazon.com/singlesignon/latest/PortalAPIReference/API_GetRoleCredentials.html
// https://docs.aws.amazon.com/singlesignon/latest/OIDCAPIReference/API_CreateToken.html
#pragma once

#include <cstdint>
#include <string>

#include "aws/caller.h"
#include "aws/credentials.h"
#include "aws/endpoints.h"
#include "core/clock.h"
#include "core/result.h"
#include "core/secret.h"

namespace spawn::aws::sso {

extern const ServiceInfo kPortal;
extern const ServiceInfo kOidc;

struct RoleRequest {
  std::string account_id;
  std::string role_name;
  core::Secret access_token;
};
// Code::unauthenticated when the token is not accepted (any more).
core::Result<Credentials> get_role_credentials(Caller& caller, const Endpoint& endpoint,
                                               const RoleRequest& request, core::Deadline deadline);

struct RefreshRequest {
  std::string client_id;
  core::Secret client_secret;
  core::Secret refresh_token;
};
struct NewToken {
  core::Secret access_token;
  core::Secret refresh_token;  // empty: there is no further renewal
  std::int64_t expires_in_seconds = 0;
};
core::Result<NewToken> create_token(Caller& caller, const Endpoint& endpoint,
                                    const RefreshRequest& request, core::Deadline deadline);

}  // namespace spawn::aws::sso
