// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
#include "view/array_rows.h"

#include <algorithm>
#include <array>

#include "trace/attributes.h"

namespace spawn::view {
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

void add_span(const SpanRecord& span, ArrayMember& member) {
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

std::int64_t median(std::vector<std::int64_t> numbers) {
  if (numbers.empty()) return 0;
  std::ranges::sort(numbers);
  const std::size_t half = numbers.size() / 2;
  return numbers.size() % 2 == 1 ? numbers[half] : (numbers[half - 1] + numbers[half]) / 2;
}

void mark_stragglers(std::vector<ArrayMember>& members, std::int64_t now_ns) {
  constexpr std::int64_t kLeastNs = 500'000'000;
  std::vector<std::int64_t> ended;
  std::vector<std::int64_t> every;
  for (const ArrayMember& member : members) {
    every.push_back(member.all.took_ns(now_ns));
    if (!member.all.open) ended.push_back(every.back());
  }
  const std::int64_t usual = median(ended.empty() ? every : ended);
  for (std::size_t i = 0; i < members.size(); ++i) {
    members[i].straggler = every[i] > usual + usual / 2 && every[i] - usual > kLeastNs;
  }
}

// Of which X-Ray keeps the microseconds.
Json seconds(std::int64_t ns) {
  const std::int64_t microseconds = ns / 1000;
  return Json(static_cast<double>(microseconds) / 1e6);
}

Json phase_json(const ArrayPhase& phase) {
  if (!phase.any) return {};
  return Json(Json::Array{seconds(phase.start_ns), phase.open ? Json() : seconds(phase.end_ns)});
}

}  // namespace

void ArrayPhase::add(const SpanRecord& span) {
  any = true;
  start_ns = std::min(start_ns, span.start_ns);
  end_ns = std::max(end_ns, span.end_ns);
  open = open || span.in_progress;
}

std::int64_t ArrayPhase::took_ns(std::int64_t now_ns) const {
  return any ? std::max<std::int64_t>(0, (open ? now_ns : end_ns) - start_ns) : 0;
}

void ArrayRows::add(const trace::Trace& trace) {
  for (const SpanRecord& span : trace.spans) {
    const std::string_view instance = span.text(key::kInstanceId);
    if (instance.empty() || span.text(key::kJobArrayId) != array_id_) continue;
    ArrayMember& member = members_[std::string(instance)];
    member.instance = instance;
    member.trace = trace.id;
    add_span(span, member);
  }
}

std::vector<ArrayMember> ArrayRows::members(std::int64_t now_ns) const {
  std::vector<ArrayMember> members;
  for (const auto& [instance, member] : members_) members.push_back(member);
  std::ranges::stable_sort(
      members, {}, [](const ArrayMember& member) { return member.index.value_or(INT64_MAX); });
  mark_stragglers(members, now_ns);
  return members;
}

Json to_json(const ArrayMember& member) {
  return Json(Json::Object{{"index", member.index ? Json(*member.index) : Json()},
                           {"instance", Json(member.instance)},
                           {"trace", Json(member.trace.xray())},
                           {"start", seconds(member.all.start_ns)},
                           {"end", member.all.open ? Json() : seconds(member.all.end_ns)},
                           {"boot", phase_json(member.boot)},
                           {"run", phase_json(member.run)},
                           {"upload", phase_json(member.upload)},
                           {"exit_code", member.exit_code ? Json(*member.exit_code) : Json()},
                           {"retries", Json(member.retries)},
                           {"interruptions", Json(member.interruptions)},
                           {"error", Json(member.error)},
                           {"straggler", Json(member.straggler)}});
}

}  // namespace spawn::view
