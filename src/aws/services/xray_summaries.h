// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
//
// Which traces X-Ray has: one summary each, newest first, by time and filter expression.
// https://docs.aws.amazon.com/xray/latest/api/API_GetTraceSummaries.html
// https://docs.aws.amazon.com/xray/latest/devguide/xray-console-filters.html
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "aws/services/xray.h"

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
struct TraceSummary {
  std::string id;
  std::optional<std::int64_t> start_ns;
  double duration_seconds = 0;       // from the root's start to the last end
  double response_time_seconds = 0;  // of the root alone
  bool has_fault = false;
  bool has_error = false;
  bool has_throttle = false;
  bool is_partial = false;  // something is still in progress
  std::string entry_point;  // the service where it began
  std::vector<std::string> services;
  std::string http_method;
  std::string http_url;
  std::int64_t http_status = 0;
  std::vector<std::string> users;
  // As text, whatever their type.
  std::map<std::string, std::vector<std::string>> annotations;
};
struct TraceSummaryPage {
  std::vector<TraceSummary> summaries;
  std::int64_t traces_processed = 0;
  std::string next_token;  // "" on the last page
};
core::Result<TraceSummaryPage> get_trace_summaries(Caller& caller, const Endpoint& endpoint,
                                                   const GetTraceSummaries& request,
                                                   core::Deadline deadline);

}  // namespace spawn::aws::xray
