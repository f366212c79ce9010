// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
//
// The login token that `aws sso login` left in ~/.aws/sso/cache, in a file that is named by the
// SHA-1 of the session's name, or of the start URL for profiles of the older kind. A session's
// token is renewed 15 minutes ahead where the login allows it, and put back for the other tools.
#pragma once

#include <string>

#include "aws/credentials/parts.h"
#include "core/result.h"
#include "core/secret.h"

namespace spawn::aws {

struct SsoLogin {
  std::string session;  // "" for the older kind, whose tokens cannot be renewed
  std::string start_url;
  std::string region;
};

// Code::unauthenticated when there is none, or it has expired and cannot be renewed. The caller
// knows the profile, and so says how to log in.
core::Result<core::Secret> sso_token(const SourceParts& parts, const SsoLogin& login);

}  // namespace spawn::aws
