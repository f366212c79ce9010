// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
//
// Which traces X-Ray has: one summary each, newest first, by time and filter expression.
// https://docs.aws.amazon.com/xray/latest/api/API_GetTraceSummaries.html
// https://docs.aws.amazon.com/xray/latest/devguide/xray-console-filters.html
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "aws/services/xray.h"
#include "core/json.h"

namespace spawn::aws::xray {

// Wall times in nanoseconds. X-Ray takes six hours at most.
struct TimeRange {
  std::int64_t start_ns = 0;
  std::int64_t end_ns = 0;
};

struct GetTraceSummaries {
  TimeRange range;
  std::string filter;          // "service(\"spored\") AND error", "" for all
  bool by_event_time = false;  // when spans ended, not when trace ids were made
  std::string next_token;
};
struct TraceSummaryPage {
  std::vector<core::Json> summaries;  // each as X-Ray tells it; view::read_summary() reads one
  std::int64_t traces_processed = 0;
  std::string next_token;  // "" on the last page
};
core::Result<TraceSummaryPage> get_trace_summaries(Caller& caller, const Endpoint& endpoint,
                                                   const GetTraceSummaries& request,
                                                   core::Deadline deadline);

}  // namespace spawn::aws::xray
