// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
#include "aws/services/xray_summaries.h"

#include <utility>

#include "aws/services/xray_call.h"

namespace spawn::aws::xray {
namespace {

// {"NumberValue":1} → "1"
std::string annotation_text(const core::Json& value) {
  if (value.object() == nullptr || value.object()->empty()) return {};
  const core::Json& inside = value.object()->front().second;
  return inside.string() != nullptr ? *inside.string() : inside.to_text();
}

void read_annotations(const core::Json& from, TraceSummary& summary) {
  const core::Json& all = json::member(from, "Annotations");
  if (all.object() == nullptr) return;
  for (const auto& [name, values] : *all.object()) {
    std::vector<std::string>& texts = summary.annotations[name];
    json::for_each_in(all, name, [&](const core::Json& entry) {
      texts.push_back(annotation_text(json::member(entry, "AnnotationValue")));
    });
  }
}

TraceSummary summary_of(const core::Json& from) {
  TraceSummary summary;
  summary.id = text_at(from, "Id");
  summary.start_ns = time_at(from, "StartTime");
  summary.duration_seconds = json::real_at(from, "Duration");
  summary.response_time_seconds = json::real_at(from, "ResponseTime");
  summary.has_fault = json::flag_at(from, "HasFault");
  summary.has_error = json::flag_at(from, "HasError");
  summary.has_throttle = json::flag_at(from, "HasThrottle");
  summary.is_partial = json::flag_at(from, "IsPartial");
  summary.entry_point = text_at(json::member(from, "EntryPoint"), "Name");
  json::for_each_in(from, "ServiceIds", [&](const core::Json& service) {
    summary.services.push_back(text_at(service, "Name"));
  });
  const core::Json& http = json::member(from, "Http");
  summary.http_method = text_at(http, "HttpMethod");
  summary.http_url = text_at(http, "HttpURL");
  summary.http_status = json::integer_at(http, "HttpStatus").value_or(0);
  json::for_each_in(from, "Users", [&](const core::Json& user) {
    summary.users.push_back(text_at(user, "UserName"));
  });
  read_annotations(from, summary);
  return summary;
}

}  // namespace

core::Result<TraceSummaryPage> get_trace_summaries(Caller& caller, const Endpoint& endpoint,
                                                   const GetTraceSummaries& request,
                                                   core::Deadline deadline) {
  json::Object input;
  input.real("StartTime", to_seconds(request.range.start_ns))
      .real("EndTime", to_seconds(request.range.end_ns))
      .text("TimeRangeType", request.by_event_time ? "Event" : "TraceId")
      .text_if("FilterExpression", request.filter)
      .text_if("NextToken", request.next_token);
  const auto reply = call_for_object(caller, endpoint, "GetTraceSummaries", "/TraceSummaries",
                                     std::move(input), deadline);
  if (!reply) return core::fail(reply.error());
  TraceSummaryPage page;
  json::for_each_in(*reply, "TraceSummaries", [&](const core::Json& summary) {
    page.summaries.push_back(summary_of(summary));
  });
  page.traces_processed = json::integer_at(*reply, "TracesProcessedCount").value_or(0);
  page.next_token = reply->text_at("NextToken");
  return page;
}

}  // namespace spawn::aws::xray
