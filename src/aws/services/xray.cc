// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
#include "aws/services/xray.h"

#include <utility>

#include "core/json.h"
#include "core/json_write.h"

namespace spawn::aws::xray {
namespace {

Call make_call(const Endpoint& endpoint, std::string_view operation, std::string_view path,
               std::string body, core::Deadline deadline) {
  Call call;
  call.service = &kService;
  call.operation = operation;
  call.region = endpoint.region;
  call.url = endpoint.url;
  if (call.url.path.ends_with('/')) call.url.path.pop_back();
  call.url.path += path;
  call.headers = {{"Content-Type", "application/json"}};
  call.body = std::move(body);
  call.deadline = deadline;
  return call;
}

// Sends it and reads the JSON that came back.
core::Result<core::Json> call_for_json(Caller& caller, const Call& call) {
  auto outcome = caller.call(call);
  if (!outcome) return core::fail(std::move(outcome.error().error));
  auto body = core::Json::parse(outcome->body);
  if (!body || body->object() == nullptr) {
    return core::fail(core::Code::protocol,
                      "XRay " + call.operation + ": the reply is no JSON object");
  }
  return body;
}

template <typename F>
void for_each_in(const core::Json& object, std::string_view key, F&& f) {
  const core::Json* list = object.find(key);
  if (list == nullptr || list->array() == nullptr) return;
  for (const core::Json& item : *list->array()) f(item);
}

}  // namespace

const ServiceInfo kService{"XRay", "xray", "xray", "XRAY", Protocol::rest_json, true};

core::Result<std::vector<Unprocessed>> put_trace_segments(Caller& caller, const Endpoint& endpoint,
                                                          std::string body,
                                                          core::Deadline deadline) {
  const Call call =
      make_call(endpoint, "PutTraceSegments", "/TraceSegments", std::move(body), deadline);
  const auto reply = call_for_json(caller, call);
  if (!reply) return core::fail(reply.error());
  std::vector<Unprocessed> refused;
  for_each_in(*reply, "UnprocessedTraceSegments", [&](const core::Json& item) {
    refused.push_back({std::string(item.text_at("Id")), std::string(item.text_at("ErrorCode")),
                       std::string(item.text_at("Message"))});
  });
  return refused;
}

core::Result<TracePage> batch_get_traces(Caller& caller, const Endpoint& endpoint,
                                         std::span<const std::string> ids,
                                         std::string_view next_token, core::Deadline deadline) {
  core::CharBuffer buffer;
  core::JsonWriter out(buffer);
  out.lit<R"({"TraceIds":[)">();
  bool first = true;
  for (const std::string& id : ids) {
    if (!std::exchange(first, false)) out.lit<",">();
    out.string(id);
  }
  out.lit<"]">();
  if (!next_token.empty()) {
    out.lit<R"(,"NextToken":)">();
    out.string(next_token);
  }
  out.lit<"}">();

  const Call call =
      make_call(endpoint, "BatchGetTraces", "/Traces", std::string(buffer.view()), deadline);
  const auto reply = call_for_json(caller, call);
  if (!reply) return core::fail(reply.error());
  TracePage page;
  for_each_in(*reply, "Traces", [&](const core::Json& trace) {
    TraceDocuments documents;
    documents.id = trace.text_at("Id");
    for_each_in(trace, "Segments", [&](const core::Json& segment) {
      documents.documents.emplace_back(segment.text_at("Document"));
    });
    page.traces.push_back(std::move(documents));
  });
  for_each_in(*reply, "UnprocessedTraceIds", [&](const core::Json& id) {
    if (id.string() != nullptr) page.unprocessed_ids.push_back(*id.string());
  });
  page.next_token = reply->text_at("NextToken");
  return page;
}

}  // namespace spawn::aws::xray
