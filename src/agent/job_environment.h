// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
//
// What a job finds in its environment: which member of which array it is, and the trace it is part
// of. Pure.
#pragma once

#include "agent/environment.h"
#include "config/settings.h"

namespace spawn::agent {

// JOB_ARRAY_ID, _NAME, _SIZE, _INDEX and TASK_ARRAY_INDEX; what is not set is taken out, since it
// would be somebody else's.
void put_job_array(const config::Settings& settings, ChildEnvironment& environment);

}  // namespace spawn::agent
