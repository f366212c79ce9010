// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
//
// How an account has set X-Ray up, and what a sender tells it about itself. Where segments go to
// CloudWatch Logs (Transaction Search), only the indexed part of the traces can be read back.
// https://docs.aws.amazon.com/xray/latest/api/API_GetTraceSegmentDestination.html
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "aws/services/xray.h"

namespace spawn::aws::xray {

struct TraceSegmentDestination {
  std::string destination;  // "XRay", "CloudWatchLogs"
  std::string status;       // "ACTIVE", "PENDING"
};
core::Result<TraceSegmentDestination> get_trace_segment_destination(Caller& caller,
                                                                    const Endpoint& endpoint,
                                                                    core::Deadline deadline);

struct IndexingRule {
  std::string name;
  double desired_percentage = 0;  // of the traces
  double actual_percentage = 0;
};
struct IndexingRulePage {
  std::vector<IndexingRule> rules;
  std::string next_token;
};
core::Result<IndexingRulePage> get_indexing_rules(Caller& caller, const Endpoint& endpoint,
                                                  std::string_view next_token,
                                                  core::Deadline deadline);

// All counts are since the record before.
struct TelemetryRecord {
  std::int64_t time_ns = 0;
  std::int64_t segments_received = 0;
  std::int64_t segments_sent = 0;
  std::int64_t segments_spilled = 0;   // for want of room
  std::int64_t segments_rejected = 0;  // by X-Ray
  // Calls that failed.
  std::int64_t timeouts = 0;
  std::int64_t connections_refused = 0;
  std::int64_t http_4xx = 0;
  std::int64_t http_5xx = 0;
  std::int64_t unknown_hosts = 0;
  std::int64_t other_errors = 0;
};
struct PutTelemetryRecords {
  std::vector<TelemetryRecord> records;
  std::string instance_id;  // at most 20 characters, "" for none
  std::string host_name;    // at most 255
};
core::Status put_telemetry_records(Caller& caller, const Endpoint& endpoint,
                                   const PutTelemetryRecords& request, core::Deadline deadline);

}  // namespace spawn::aws::xray
