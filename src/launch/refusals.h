// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
//
// Why EC2 would not launch, in plain words: no capacity, a quota, no permission, and what to do.
// https://docs.aws.amazon.com/AWSEC2/latest/APIReference/errors-overview.html. Pure.
#pragma once

#include "core/result.h"

namespace spawn::launch {

// The error of a RunInstances, as it is when EC2's code is none of those that are known here. No
// capacity and no quota are Code::not_found.
core::Error in_plain_words(core::Error error);

// Whether it is EC2's way to say that a dry run would have worked.
bool is_dry_run_success(const core::Error& error);

}  // namespace spawn::launch
