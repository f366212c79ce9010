// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
//
// The one place where the layers of a Caller are put together.
#pragma once

#include <memory>
#include <string>

#include "aws/caller.h"
#include "aws/credentials.h"
#include "aws/retrying_caller.h"
#include "core/clock.h"
#include "core/rng.h"
#include "http/client.h"
#include "telemetry/tracer.h"

namespace spawn::aws {

struct StackParts {
  http::Client& client;
  CredentialsProvider& credentials;
  core::Clock& clock;
  core::Rng& rng;
  RetryPolicy retry;
  std::string user_agent = "spawn";  // user_agent.h
};

// For exporters and readers of traces: Retrying(Redirecting(Signing(Http))).
std::unique_ptr<Caller> make_plain_stack(const StackParts& parts);
// For operations that need no credentials because they give some: Retrying(Http).
std::unique_ptr<Caller> make_unsigned_stack(http::Client& client, core::Clock& clock,
                                            core::Rng& rng);
// For our own calls: Tracing(Retrying(Redirecting(AttemptTracing(Signing(Http))))).
std::unique_ptr<Caller> make_traced_stack(const StackParts& parts, telemetry::Tracer& tracer);

}  // namespace spawn::aws
