// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
#include "aws/services/xray.h"

#include <utility>

#include "aws/protocol/json.h"

namespace spawn::aws::xray {

const ServiceInfo kService{"XRay", "xray", "xray", "XRAY", Protocol::rest_json, true};

core::Result<std::vector<Unprocessed>> put_trace_segments(Caller& caller, const Endpoint& endpoint,
                                                          http::Body body,
                                                          core::Deadline deadline) {
  const Call call = json::make_rest_call(kService, endpoint, "PutTraceSegments", "/TraceSegments",
                                         std::move(body), deadline);
  const auto reply = json::call_for_object(caller, call);
  if (!reply) return core::fail(reply.error());
  std::vector<Unprocessed> refused;
  json::for_each_in(*reply, "UnprocessedTraceSegments", [&](const core::Json& item) {
    refused.push_back({std::string(item.text_at("Id")), std::string(item.text_at("ErrorCode")),
                       std::string(item.text_at("Message"))});
  });
  return refused;
}

core::Result<TracePage> batch_get_traces(Caller& caller, const Endpoint& endpoint,
                                         std::span<const std::string> ids,
                                         std::string_view next_token, core::Deadline deadline) {
  json::Object input;
  input.texts("TraceIds", ids).text_if("NextToken", next_token);
  const Call call = json::make_rest_call(kService, endpoint, "BatchGetTraces", "/Traces",
                                         std::move(input).take().to_text(), deadline);
  const auto reply = json::call_for_object(caller, call);
  if (!reply) return core::fail(reply.error());
  TracePage page;
  json::for_each_in(*reply, "Traces", [&](const core::Json& trace) {
    TraceDocuments documents;
    documents.id = trace.text_at("Id");
    json::for_each_in(trace, "Segments", [&](const core::Json& segment) {
      documents.documents.emplace_back(segment.text_at("Document"));
    });
    page.traces.push_back(std::move(documents));
  });
  page.unprocessed_ids = json::texts_at(*reply, "UnprocessedTraceIds");
  page.next_token = reply->text_at("NextToken");
  return page;
}

}  // namespace spawn::aws::xray
