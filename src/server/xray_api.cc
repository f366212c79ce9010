// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
#include "server/xray_api.h"

#include <fmt/format.h>

#include <algorithm>

#include "core/text.h"
#include "server/fields.h"
#include "server/intake.h"
#include "server/trace_documents.h"

namespace spawn::server {
namespace {

using core::Json;

constexpr std::size_t kMaxTraceIds = 5;

}  // namespace

struct XRayApi::Operation {
  std::string_view path;
  http::Reply (XRayApi::*serve)(const Json& request);
};

const XRayApi::Operation XRayApi::kOperations[] = {
    {"/TraceSegments", &XRayApi::put_trace_segments},
    {"/TelemetryRecords", &XRayApi::put_telemetry},
    {"/Traces", &XRayApi::batch_get_traces},
    {"/TraceSummaries", &XRayApi::summaries},
    {"/ServiceGraph", &XRayApi::service_graph},
    {"/TraceGraph", &XRayApi::trace_graph},
    {"/TimeSeriesServiceStatistics", &XRayApi::time_series},
    {"/GetSamplingRules", &XRayApi::sampling_rules},
    {"/CreateSamplingRule", &XRayApi::create_rule},
    {"/UpdateSamplingRule", &XRayApi::update_rule},
    {"/DeleteSamplingRule", &XRayApi::delete_rule},
    {"/SamplingTargets", &XRayApi::targets},
    {"/GetGroup", &XRayApi::get_group},
    {"/Groups", &XRayApi::get_groups},
    {"/CreateGroup", &XRayApi::create_group},
    {"/UpdateGroup", &XRayApi::update_group},
    {"/DeleteGroup", &XRayApi::delete_group},
    {"/EncryptionConfig", &XRayApi::encryption},
    {"/PutEncryptionConfig", &XRayApi::put_encryption},
    {"/GetTraceSegmentDestination", &XRayApi::destination},
    {"/UpdateTraceSegmentDestination", &XRayApi::update_destination},
    {"/GetIndexingRules", &XRayApi::indexing},
    {"/UpdateIndexingRule", &XRayApi::update_indexing},
};

http::Reply XRayApi::serve(std::string_view path, std::string_view body) {
  const auto* const end = std::end(kOperations);
  const auto* const found = std::find_if(
      std::begin(kOperations), end, [&](const Operation& known) { return known.path == path; });
  if (found == end) {
    return aws_error(404, "UnknownOperationException",
                     fmt::format("{} is no operation of this local X-Ray", core::visible(path)));
  }
  // A request without members may have no body at all.
  const auto request = Json::parse(body.empty() ? "{}" : body);
  if (!request || request->object() == nullptr) {
    return aws_error(400, "SerializationException", "the body is no JSON object");
  }
  return (this->*found->serve)(*request);
}

http::Reply XRayApi::put_trace_segments(const Json& request) {
  return server::put_trace_segments(store_, request);
}

http::Reply XRayApi::put_telemetry(const Json& request) {
  const Json::Array* records = list_at(request, "TelemetryRecords");
  if (records == nullptr) return invalid_request("TelemetryRecords is required");
  for (const Json& record : *records) {
    if (!number_at(record, "Timestamp")) {
      return invalid_request("TelemetryRecords: each needs a Timestamp");
    }
  }
  return json_reply(Json::Object());
}

http::Reply XRayApi::batch_get_traces(const Json& request) {
  const Json::Array* ids = list_at(request, "TraceIds");
  if (ids == nullptr) return invalid_request("TraceIds is required");
  if (ids->size() > kMaxTraceIds) {
    return invalid_request(fmt::format("TraceIds: expected at most {}", kMaxTraceIds));
  }
  Json::Array traces;
  Json::Array unprocessed;
  for (const Json& given : *ids) {
    const auto id = trace::TraceId::from_xray(given.string() == nullptr ? "" : *given.string());
    auto found = id ? documents_of(store_, *id)
                    : core::Result<TraceDocuments>(core::fail(core::Code::not_found, ""));
    if (!found && found.error().code != core::Code::not_found) return aws_error(found.error());
    if (!found) {
      unprocessed.push_back(given);
      continue;
    }
    Json::Array segments;
    for (store::Document& document : found->documents) {
      segments.emplace_back(Json::Object{{"Id", Json(document.id.hex())},
                                         {"Document", Json(std::move(document.text))}});
    }
    traces.emplace_back(Json::Object{{"Id", given},
                                     {"Duration", Json(found->duration_s)},
                                     {"LimitExceeded", Json(false)},
                                     {"Segments", Json(std::move(segments))}});
  }
  return json_reply(
      {{"Traces", Json(std::move(traces))}, {"UnprocessedTraceIds", Json(std::move(unprocessed))}});
}

}  // namespace spawn::server
