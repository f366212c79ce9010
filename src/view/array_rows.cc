// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
#include "server/array_json.h"

#include <algorithm>
#include <array>
#include <utility>
#include <vector>

#include "server/fields.h"
#include "trace/attributes.h"

namespace spawn::server {
namespace {

using core::Json;
using trace::SpanRecord;
namespace key = trace::key;

std::optional<std::int64_t> integer_of(const SpanRecord& span, std::string_view name) {
  const auto value = span.find(name);
  if (!value || value->type() != trace::ValueType::integer) return std::nullopt;
  return value->integer();
}

// What sends results to S3.
bool is_upload(const SpanRecord& span) {
  constexpr std::array<std::string_view, 4> kUploads = {
      "S3.PutObject", "S3.UploadPart", "S3.CreateMultipartUpload", "S3.CompleteMultipartUpload"};
  return std::ranges::find(kUploads, span.name()) != kUploads.end();
}

}  // namespace

void ArrayRows::Phase::add(const SpanRecord& span) {
  any = true;
  start_ns = std::min(start_ns, span.start_ns);
  end_ns = std::max(end_ns, span.end_ns);
  open = open || span.in_progress;
}

Json ArrayRows::Phase::json() const {
  if (!any) return {};
  return Json(Json::Array{Json(to_seconds(start_ns)), open ? Json() : Json(to_seconds(end_ns))});
}

void ArrayRows::add(const trace::Trace& trace) {
  for (const SpanRecord& span : trace.spans) {
    const std::string_view instance = span.text(key::kInstanceId);
    if (instance.empty() || span.text(key::kJobArrayId) != array_id_) continue;
    Member& member = members_[std::string(instance)];
    member.trace = trace.id;
    add_span(span, member);
  }
}

void ArrayRows::add_span(const SpanRecord& span, Member& member) {
  if (!member.index) member.index = integer_of(span, key::kJobArrayIndex);
  member.all.add(span);
  if (span.name() == "spored boot") member.boot.add(span);
  if (span.name() == "spored interruption") ++member.interruptions;
  if (is_upload(span)) member.upload.add(span);
  if (span.name() == "spored workload") {
    member.run.add(span);
    if (const auto code = integer_of(span, key::kExitCode)) member.exit_code = code;
    member.error = member.error || span.status == trace::StatusCode::error;
  }
  const auto attempts = integer_of(span, key::kAwsAttempts);
  if (attempts && *attempts > 1) member.retries += *attempts - 1;
}

Json ArrayRows::json() const {
  std::vector<const std::pair<const std::string, Member>*> rows;
  for (const auto& row : members_) rows.push_back(&row);
  std::ranges::stable_sort(rows, {},
                           [](const auto* row) { return row->second.index.value_or(INT64_MAX); });
  Json::Array members;
  for (const auto* row : rows) {
    const Member& member = row->second;
    members.emplace_back(
        Json::Object{{"index", member.index ? Json(*member.index) : Json()},
                     {"instance", Json(row->first)},
                     {"trace", Json(member.trace.xray())},
                     {"start", Json(to_seconds(member.all.start_ns))},
                     {"end", member.all.open ? Json() : Json(to_seconds(member.all.end_ns))},
                     {"boot", member.boot.json()},
                     {"run", member.run.json()},
                     {"upload", member.upload.json()},
                     {"exit_code", member.exit_code ? Json(*member.exit_code) : Json()},
                     {"retries", Json(member.retries)},
                     {"interruptions", Json(member.interruptions)},
                     {"error", Json(member.error)}});
  }
  return Json(Json::Object{{"id", Json(array_id_)}, {"members", Json(std::move(members))}});
}

}  // namespace spawn::server
