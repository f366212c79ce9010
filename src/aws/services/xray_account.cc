// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
#include "aws/services/xray_account.h"

#include <utility>

#include "aws/services/xray_call.h"

namespace spawn::aws::xray {
namespace {

json::Object document_of(const TelemetryRecord& record) {
  json::Object errors;
  errors.integer("TimeoutCount", record.timeouts)
      .integer("ConnectionRefusedCount", record.connections_refused)
      .integer("HTTPCode4XXCount", record.http_4xx)
      .integer("HTTPCode5XXCount", record.http_5xx)
      .integer("UnknownHostCount", record.unknown_hosts)
      .integer("OtherCount", record.other_errors);
  json::Object document;
  document.real("Timestamp", to_seconds(record.time_ns))
      .integer("SegmentsReceivedCount", record.segments_received)
      .integer("SegmentsSentCount", record.segments_sent)
      .integer("SegmentsSpilloverCount", record.segments_spilled)
      .integer("SegmentsRejectedCount", record.segments_rejected)
      .object("BackendConnectionErrors", std::move(errors));
  return document;
}

}  // namespace

core::Result<TraceSegmentDestination> get_trace_segment_destination(Caller& caller,
                                                                    const Endpoint& endpoint,
                                                                    core::Deadline deadline) {
  const auto reply = call_for_object(caller, endpoint, "GetTraceSegmentDestination",
                                     "/GetTraceSegmentDestination", {}, deadline);
  if (!reply) return core::fail(reply.error());
  TraceSegmentDestination found{text_at(*reply, "Destination"), text_at(*reply, "Status")};
  if (found.destination.empty()) {
    return core::fail(core::Code::protocol,
                      "XRay GetTraceSegmentDestination: the reply names no destination");
  }
  return found;
}

core::Result<IndexingRulePage> get_indexing_rules(Caller& caller, const Endpoint& endpoint,
                                                  std::string_view next_token,
                                                  core::Deadline deadline) {
  json::Object input;
  input.text_if("NextToken", next_token);
  const auto reply = call_for_object(caller, endpoint, "GetIndexingRules", "/GetIndexingRules",
                                     std::move(input), deadline);
  if (!reply) return core::fail(reply.error());
  IndexingRulePage page;
  json::for_each_in(*reply, "IndexingRules", [&](const core::Json& from) {
    const core::Json& rule = json::member(json::member(from, "Rule"), "Probabilistic");
    page.rules.push_back({text_at(from, "Name"), json::real_at(rule, "DesiredSamplingPercentage"),
                          json::real_at(rule, "ActualSamplingPercentage")});
  });
  page.next_token = reply->text_at("NextToken");
  return page;
}

core::Status put_telemetry_records(Caller& caller, const Endpoint& endpoint,
                                   const PutTelemetryRecords& request, core::Deadline deadline) {
  core::Json::Array records;
  for (const TelemetryRecord& record : request.records) {
    records.push_back(document_of(record).take());
  }
  json::Object input;
  input.add("TelemetryRecords", core::Json(std::move(records)))
      .text_if("EC2InstanceId", request.instance_id)
      .text_if("Hostname", request.host_name);
  const auto reply = call_for_reply(
      caller, json::make_rest_call(kService, endpoint, "PutTelemetryRecords", "/TelemetryRecords",
                                   std::move(input).take().to_text(), deadline));
  return reply ? core::ok() : core::Status(core::fail(reply.error()));
}

}  // namespace spawn::aws::xray
