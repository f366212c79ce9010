// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
//
// STS: who the credentials belong to. Needs no permission, so it is the one call that tells whether
// they are good. https://docs.aws.amazon.com/STS/latest/APIReference/API_GetCallerIdentity.html
#pragma once

#include <string>

#include "aws/caller.h"
#include "aws/endpoints.h"
#include "core/clock.h"
#include "core/result.h"

namespace spawn::aws::sts {

extern const ServiceInfo kService;

struct CallerIdentity {
  std::string account;
  std::string arn;
  std::string user_id;
};

core::Result<CallerIdentity> get_caller_identity(Caller& caller, const Endpoint& endpoint,
                                                 core::Deadline deadline);

}  // namespace spawn::aws::sts
