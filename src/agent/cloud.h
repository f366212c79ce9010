// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
//
// What an instance asks AWS about itself: its tags, and its own end. On EC2 only.
#pragma once

#include <string>
#include <string_view>

#include "agent/identity.h"
#include "agent/lifecycle.h"
#include "aws/imds.h"
#include "aws/session.h"
#include "config/settings.h"
#include "core/clock.h"
#include "core/result.h"

namespace spawn::agent {

// Tags that begin with "spawn:". From the metadata service, which needs no permission, where the
// launch allowed that; else from EC2 (ec2:DescribeTags).
core::Result<config::Tags> read_tags(const Identity& identity, aws::Imds& imds,
                                     aws::Session& session, core::Deadline deadline);

core::Status write_tag(const Identity& identity, aws::Session& session, const std::string& tag,
                       const std::string& value, core::Deadline deadline);

// Stops, hibernates or terminates this instance.
core::Status end_instance(const Identity& identity, aws::Session& session, Action action,
                          core::Deadline deadline);

// What AWS is about to do with a spot instance, two minutes ahead: "terminate at 2026-…Z". "" for
// nothing, which is also what an error counts as.
std::string spot_notice(aws::Imds& imds);

}  // namespace spawn::agent
