// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
#include "aws/services/xray_summaries.h"

#include <utility>

#include "aws/services/xray_call.h"

namespace spawn::aws::xray {
core::Result<TraceSummaryPage> get_trace_summaries(Caller& caller, const Endpoint& endpoint,
                                                   const GetTraceSummaries& request,
                                                   core::Deadline deadline) {
  json::Object input;
  input.real("StartTime", to_seconds(request.range.start_ns))
      .real("EndTime", to_seconds(request.range.end_ns))
      .text("TimeRangeType", request.by_event_time ? "Event" : "TraceId")
      .text_if("FilterExpression", request.filter)
      .text_if("NextToken", request.next_token);
  auto reply = call_for_object(caller, endpoint, "GetTraceSummaries", "/TraceSummaries",
                               std::move(input), deadline);
  if (!reply) return core::fail(reply.error());
  TraceSummaryPage page;
  for (auto& [name, value] : *reply->object()) {
    if (name == "TraceSummaries" && value.array() != nullptr) {
      page.summaries = std::move(*value.array());
    }
  }
  page.traces_processed = json::integer_at(*reply, "TracesProcessedCount").value_or(0);
  page.next_token = reply->text_at("NextToken");
  return page;
}

}  // namespace spawn::aws::xray
