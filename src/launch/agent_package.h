// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
//
// How the agent's package gets to an instance: spawn carries it, puts it once into the account's
// own bucket spawn-agent-ACCOUNT-REGION (private, the object's key is the SHA-256 of its bytes, so
// what is there already is right), and hands out a link: without any permission in it where the
// instance has a role, else signed with long-lived credentials for this one object and 15 minutes.
// Or the person says where it is.
#pragma once

#include <string>

#include "aws/session.h"
#include "launch/options.h"
#include "launch/user_data.h"

namespace spawn::launch {

// The file "spored_VERSION_ARCHITECTURE.deb" in the folder. Code::not_found with what to do when
// there is none.
core::Result<std::string> find_package(const std::string& folder, const std::string& architecture);

// Uploads when it is missing; the bucket is made when it is.
core::Result<PackageLink> stage_package(aws::Session& session, telemetry::Tracer& tracer,
                                        const std::string& path, bool with_role,
                                        core::Deadline deadline);

// --agent-url: "https://…", or "s3://BUCKET/KEY"; "#sha256=HEX" at its end is verified.
// Code::invalid_argument for http without it, since then nothing vouches for what is installed.
core::Result<PackageLink> link_to(aws::Session& session, const std::string& agent_url,
                                  bool with_role, core::Clock& clock);

// Whether the plan's way can be taken without a secret in user-data: a link signed with temporary
// credentials would carry their session token. Code::invalid_argument names the cures.
core::Status check_link(aws::Session& session, const Plan& plan);

// Checks the text alone.
core::Status check_agent_url(const std::string& agent_url);

}  // namespace spawn::launch
