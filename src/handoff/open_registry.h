// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
//
// Which registry a program uses: the account's table when it can call AWS, else this machine's
// file. `spawn` and the agents of one launch decide alike, since members inherit the environment.
#pragma once

#include <memory>

#include "aws/session.h"
#include "core/env.h"
#include "handoff/registry.h"
#include "telemetry/tracer.h"

namespace spawn::handoff {

// `session` null: no AWS. References must outlive it.
core::Result<std::unique_ptr<Registry>> open_registry(aws::Session* session,
                                                      telemetry::Tracer& tracer,
                                                      const core::Env& env);

}  // namespace spawn::handoff
