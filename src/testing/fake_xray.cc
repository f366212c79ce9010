// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
#include "testing/fake_xray.h"

#include <algorithm>
#include <array>
#include <optional>

#include "core/json.h"
#include "core/json_write.h"
#include "testing/fake_aws_replies.h"
#include "testing/fake_json.h"
#include "trace/ids.h"

namespace spawn::testing {
namespace {

using core::Json;

constexpr std::size_t kMaxDocuments = 50;
constexpr std::size_t kMaxDocumentBytes = 65536;
constexpr std::size_t kMaxTraceBytes = 500 * 1024;
constexpr std::size_t kMaxTraceIds = 5;
constexpr std::size_t kMaxReports = 25;

constexpr std::array<std::pair<std::string_view, std::string_view>, 10> kOperations = {{
    {"/TraceSegments", "PutTraceSegments"},
    {"/Traces", "BatchGetTraces"},
    {"/TraceSummaries", "GetTraceSummaries"},
    {"/ServiceGraph", "GetServiceGraph"},
    {"/TraceGraph", "GetTraceGraph"},
    {"/GetSamplingRules", "GetSamplingRules"},
    {"/SamplingTargets", "GetSamplingTargets"},
    {"/TelemetryRecords", "PutTelemetryRecords"},
    {"/GetTraceSegmentDestination", "GetTraceSegmentDestination"},
    {"/GetIndexingRules", "GetIndexingRules"},
}};

struct Refusal {
  std::string_view code;
  std::string_view message;
};

std::size_t characters(std::string_view text) {
  return static_cast<std::size_t>(
      std::ranges::count_if(text, [](char c) { return (c & '\xC0') != '\x80'; }));
}

// Only ASCII is looked at closely; src/xray/names_test.cc checks the rest against the schema.
bool is_good_name(std::string_view name) {
  return characters(name) <= 200 && std::ranges::all_of(name, [](char c) {
           return (c & '\x80') != 0 || (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') ||
                  (c >= 'a' && c <= 'z') ||
                  std::string_view(" _.:/%&#=+-@").find(c) != std::string_view::npos;
         });
}

std::optional<Refusal> refusal(const Json& document, std::size_t size) {
  const std::string_view name = document.text_at("name");
  if (size > kMaxDocumentBytes) return Refusal{"InvalidSegment", "Segment size exceeds 64 KB"};
  if (document.text_at("id").empty()) return Refusal{"MissingId", "Missing segment id"};
  if (!trace::SpanId::from_hex(document.text_at("id"), true)) {
    return Refusal{"InvalidId", "Invalid segment. ErrorCode: InvalidId"};
  }
  if (name.empty()) return Refusal{"MissingName", "Invalid segment. ErrorCode: MissingName"};
  if (!is_good_name(name)) return Refusal{"InvalidName", "Invalid segment. ErrorCode: InvalidName"};
  if (!trace::TraceId::from_xray(document.text_at("trace_id"))) {
    return Refusal{"InvalidTraceId", "Invalid segment. ErrorCode: InvalidTraceId"};
  }
  if (document.text_at("type") == "subsegment" && document.text_at("parent_id").empty()) {
    return Refusal{"MissingParentId", "Invalid subsegment. ErrorCode: MissingParentId"};
  }
  const Json* start = document.find("start_time");
  const bool ends = document.find("end_time") != nullptr;
  if (start == nullptr || !start->number() || ends == (document.find("in_progress") != nullptr)) {
    return Refusal{"InvalidSegment", "Invalid segment. ErrorCode: InvalidTime"};
  }
  return std::nullopt;
}

const Json::Array* list_at(const core::Result<Json>& body, std::string_view name) {
  const Json* list = body ? body->find(name) : nullptr;
  return list == nullptr ? nullptr : list->array();
}

Json text(const char* value) { return Json(std::string(value)); }

http::Reply raw_reply(const core::CharBuffer& body) {
  http::Reply reply;
  reply.status = 200;
  reply.headers = {{"Content-Type", "application/json"}};
  reply.body = body.view();
  return reply;
}

http::Reply invalid_request(std::string_view message) {
  return error_reply("xray", 400, "InvalidRequestException", message);
}

}  // namespace

std::string_view FakeXRay::operation_of(std::string_view path) {
  const auto* found = std::ranges::find(kOperations, path, [](const auto& o) { return o.first; });
  return found == kOperations.end() ? std::string_view() : found->second;
}

http::Reply FakeXRay::serve(std::string_view path, std::string_view body) {
  if (path == "/TraceSegments") return put_trace_segments(body);
  if (path == "/Traces") return batch_get_traces(body);
  const auto request = Json::parse(body);
  if (!request) return invalid_request("no JSON");
  if (path == "/TraceSummaries") return trace_summaries(*request, parsed_);
  if (path == "/ServiceGraph" || path == "/TraceGraph") return service_graph(*request, parsed_);
  if (path == "/GetSamplingRules") return sampling_rules();
  if (path == "/SamplingTargets") return sampling_targets(*request);
  if (path == "/TelemetryRecords") {
    telemetry_.emplace_back(body);
    return json_reply(Json::Object{});
  }
  if (path == "/GetTraceSegmentDestination") {
    return json_reply({{"Destination", text("XRay")}, {"Status", text("ACTIVE")}});
  }
  if (path == "/GetIndexingRules") {
    return json_reply({{"IndexingRules", Json(Json::Array{})}});
  }
  return error_reply("xray", 404, "UnknownOperationException", "no such operation in this fake");
}

http::Reply FakeXRay::put_trace_segments(std::string_view body) {
  const auto request = Json::parse(body);
  const Json::Array* documents = list_at(request, "TraceSegmentDocuments");
  if (documents == nullptr) return invalid_request("TraceSegmentDocuments is required");
  if (documents->size() > kMaxDocuments) {
    return invalid_request("Exceeded the maximum segment count of 50");
  }
  core::CharBuffer buffer;
  core::JsonWriter out(buffer);
  out.lit<R"({"UnprocessedTraceSegments":[)">();
  bool first = true;
  const auto refuse = [&](std::string_view id, const Refusal& why) {
    out.plain(first ? R"({"Id":)" : R"(,{"Id":)");
    first = false;
    id.empty() ? out.lit<"null">() : out.string(id);
    out.lit<R"(,"ErrorCode":)">();
    out.string(why.code);
    out.lit<R"(,"Message":)">();
    out.string(why.message);
    out.lit<"}">();
  };
  for (const Json& item : *documents) {
    const std::string* sent = item.string();
    const auto document = Json::parse(sent == nullptr ? std::string_view() : *sent);
    if (!document || document->object() == nullptr) {
      refuse({}, {"InvalidSegment", "Invalid segment. ErrorCode: ParseError"});
      continue;
    }
    const std::string id(document->text_at("id"));
    if (const auto why = refusal(*document, sent->size())) {
      refuse(id, *why);
      continue;
    }
    const std::string trace_id(document->text_at("trace_id"));
    std::size_t& bytes = bytes_[trace_id];
    if (bytes + sent->size() > kMaxTraceBytes) {
      refuse(id, {"InvalidSegment", "Trace size exceeded 512000 bytes"});
      continue;
    }
    bytes += sent->size();
    documents_.push_back(*sent);
    traces_[trace_id].push_back({id, *sent});
    parsed_[trace_id].push_back(*document);
  }
  out.lit<"]}">();
  return raw_reply(buffer);
}

http::Reply FakeXRay::batch_get_traces(std::string_view body) const {
  const auto request = Json::parse(body);
  const Json::Array* ids = list_at(request, "TraceIds");
  if (ids == nullptr) return invalid_request("TraceIds is required");
  if (ids->size() > kMaxTraceIds) return invalid_request("Exceeded the maximum of 5 trace ids");
  core::CharBuffer buffer;
  core::CharBuffer unknown_buffer;
  core::JsonWriter out(buffer);
  core::JsonWriter unknown(unknown_buffer);
  out.lit<R"({"Traces":[)">();
  bool first = true;
  for (const Json& item : *ids) {
    const std::string id = item.string() == nullptr ? std::string() : *item.string();
    const auto found = traces_.find(id);
    if (found == traces_.end()) {
      unknown.plain(unknown_buffer.size() == 0 ? "" : ",");
      unknown.string(id);
      continue;
    }
    out.plain(first ? R"({"Id":)" : R"(,{"Id":)");
    first = false;
    out.string(id);
    out.lit<R"(,"LimitExceeded":false,"Segments":[)">();
    bool first_segment = true;
    for (const Segment& segment : found->second) {
      out.plain(first_segment ? R"({"Id":)" : R"(,{"Id":)");
      first_segment = false;
      out.string(segment.id);
      out.lit<R"(,"Document":)">();
      out.string(segment.document);
      out.lit<"}">();
    }
    out.lit<"]}">();
  }
  out.lit<R"(],"UnprocessedTraceIds":[)">();
  buffer.append(unknown_buffer.view());
  out.lit<"]}">();
  return raw_reply(buffer);
}

http::Reply FakeXRay::sampling_rules() const {
  Json::Array records;
  const auto add = [&](const Json& rule) {
    records.emplace_back(Json::Object{{"SamplingRule", rule}});
  };
  for (const Json& rule : rules_) add(rule);
  add(Json(Json::Object{{"RuleName", text("Default")},
                        {"Priority", Json(std::int64_t{10000})},
                        {"FixedRate", Json(0.05)},
                        {"ReservoirSize", Json(std::int64_t{1})},
                        {"ServiceName", text("*")},
                        {"ServiceType", text("*")},
                        {"Host", text("*")},
                        {"HTTPMethod", text("*")},
                        {"URLPath", text("*")},
                        {"ResourceARN", text("*")},
                        {"Version", Json(std::int64_t{1})}}));
  return json_reply({{"SamplingRuleRecords", Json(std::move(records))}});
}

http::Reply FakeXRay::sampling_targets(const Json& request) const {
  const Json::Array* reports = member(request, "SamplingStatisticsDocuments").array();
  if (reports == nullptr || reports->size() > kMaxReports) {
    return invalid_request("expected 1 to 25 SamplingStatisticsDocuments");
  }
  Json::Array targets;
  Json::Array unprocessed;
  for (const Json& report : *reports) {
    const std::string name(report.text_at("RuleName"));
    const auto rule =
        std::ranges::find_if(rules_, [&](const Json& r) { return r.text_at("RuleName") == name; });
    if (rule == rules_.end() && name != "Default") {
      unprocessed.emplace_back(Json::Object{
          {"RuleName", Json(name)}, {"ErrorCode", text("404")}, {"Message", text("no such rule")}});
      continue;
    }
    const Json* rate = rule == rules_.end() ? nullptr : rule->find("FixedRate");
    targets.emplace_back(Json::Object{{"RuleName", Json(name)},
                                      {"FixedRate", rate == nullptr ? Json(0.05) : *rate},
                                      {"Interval", Json(std::int64_t{10})}});
  }
  return json_reply({{"SamplingTargetDocuments", Json(std::move(targets))},
                     {"UnprocessedStatistics", Json(std::move(unprocessed))}});
}

}  // namespace spawn::testing
