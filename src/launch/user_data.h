// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
//
// What an instance runs when it boots first: a short shell script that fetches the agent's package,
// verifies it, installs it and starts it, then runs the person's own script. It can be run again
// and does nothing twice. Whoever may describe an instance can read it, so nothing secret is in it:
// the instance's role fetches the package, or a link does that holds no session token and is good
// for that one object and a short time. Pure.
#pragma once

#include <string>

#include "core/result.h"

namespace spawn::launch {

// How the agent's package is fetched.
struct PackageLink {
  std::string url;
  std::string sha256;      // "": TLS alone vouches for it
  bool with_role = false;  // an S3 request signed with the instance's own role
  std::string region;      // of that request
};

inline constexpr std::size_t kMaxUserData = 16U << 10;  // EC2's limit

// `own` is the person's script, "" for none. Code::invalid_argument when both are too long.
core::Result<std::string> user_data(const PackageLink& agent, const std::string& own);

}  // namespace spawn::launch
