// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
//
// `spored run-queue`: works off a queue of jobs, one after the other. Each is a CONSUMER span that
// links to the span it was sent in, with its calls to AWS below it; its output, and the files that
// it names, go to S3 where that is asked for. A job that is no job or fails never stops the others.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>

#include "agent/job.h"
#include "agent/places.h"
#include "agent/queue_job.h"
#include "agent/queue_source.h"
#include "aws/session.h"
#include "config/settings.h"
#include "core/clock.h"
#include "core/env.h"
#include "telemetry/tracer.h"

namespace spawn::agent {

struct QueueRequest {
  std::string results;  // "s3://BUCKET/PREFIX"; "" to keep them here
  std::string lambda;   // a function that is told when the queue is worked off; "" for none
};

struct QueueParts {
  const core::Env& env;
  core::Clock& clock;
  telemetry::Tracer& tracer;
  aws::Session* session;  // null: no AWS
  StartJob start_job;
  // Returns when the time has come, a child ended or a signal came.
  std::function<void(std::int64_t until_steady_ns)> wait;
  std::function<bool()> interrupted;  // somebody wants us to end
  std::function<void(const std::string&)> note;
};

struct QueueResult {
  std::int64_t succeeded = 0;
  std::int64_t failed = 0;
  bool interrupted = false;
};

// The error is of the queue itself.
core::Result<QueueResult> run_queue(const QueueRequest& request, QueueSource& source,
                                    const config::Settings& settings, const Places& places,
                                    const QueueParts& parts);

// "s3://bucket/some/prefix" → "bucket", "some/prefix/". Code::invalid_argument.
core::Result<std::pair<std::string, std::string>> parse_s3_place(const std::string& text);

}  // namespace spawn::agent
