// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
//
// Why traces do not show, found out by sending one: for `trace doctor`. Asks X-Ray itself, on the
// stack without tracing, and tells what the first thing is that stands in the way: region,
// credentials, network, TLS, clock, rights, sampling rules that keep nothing, what the account does
// with segments, and whether a segment that was sent can be read back.
#pragma once

#include <chrono>

#include "aws/caller.h"
#include "aws/credentials.h"
#include "aws/endpoints.h"
#include "core/clock.h"
#include "core/result.h"
#include "core/rng.h"
#include "trace/finding.h"

namespace spawn::xray {

struct DiagnosisRequest {
  bool remote_sampling = false;  // then the rights to ask for rules are needed
  // How long the segment may take to be seen.
  core::Nanos patience = std::chrono::seconds(20);
};

// `endpoint` may be the error of who looked for it.
trace::Findings diagnose(const core::Result<aws::Endpoint>& endpoint,
                         aws::CredentialsProvider& credentials, aws::Caller& caller,
                         core::Clock& clock, core::Rng& rng, const DiagnosisRequest& request);

}  // namespace spawn::xray
