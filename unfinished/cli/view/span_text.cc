// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
#include "view/span_text.h"

#include <algorithm>

#include "core/text.h"
#include "trace/attributes.h"

namespace spawn::view {
namespace {

namespace key = trace::key;

bool failed(const trace::SpanRecord& span) { return span.status == trace::StatusCode::error; }

// However the attribute is typed: sources differ in what they make of numbers.
std::string shown(const trace::SpanRecord& span, std::string_view name) {
  const auto value = span.find(name);
  return value ? core::visible(value->display()) : std::string();
}

bool is_aws_call(const trace::SpanRecord& span) {
  return span.find(key::kAwsOperation) || span.find(key::kAwsRequestId);
}

}  // namespace

bool is_attempt(std::string_view name) {
  constexpr std::string_view kPrefix = "attempt ";
  return name.size() > kPrefix.size() && name.starts_with(kPrefix) &&
         std::ranges::all_of(name.substr(kPrefix.size()),
                             [](char c) { return c >= '0' && c <= '9'; });
}

std::string outcome_text(const trace::SpanRecord& span) {
  std::string status = shown(span, key::kHttpStatus);
  if (!failed(span)) return status;
  const std::string type = shown(span, key::kErrorType);
  // "exit status 3" says it better than a bare "3" before it.
  const bool said_by_message =
      status.empty() && span.status_message().find(type) != std::string::npos;
  if (type.empty() || type == status || said_by_message) return status;
  return status.empty() ? type : status + " " + type;
}

std::vector<std::string> facts(const trace::SpanRecord& span) {
  std::vector<std::string> all;
  const bool aws_call = is_aws_call(span);
  if (!aws_call && !failed(span)) return all;
  if (auto outcome = outcome_text(span); !outcome.empty()) all.push_back(std::move(outcome));
  const std::string attempts = shown(span, key::kAwsAttempts);
  if (!attempts.empty() && attempts != "0" && attempts != "1")
    all.push_back(attempts + " attempts");
  if (shown(span, key::kAwsThrottled) == "true") all.emplace_back("throttled");
  const std::string request = shown(span, key::kAwsRequestId);
  if (!request.empty()) all.push_back("request " + request);
  return all;
}

std::string failure_message(const trace::SpanRecord& span) {
  if (!failed(span)) return {};
  // Messages of several lines become one.
  std::string text;
  for (const std::string_view line : core::split(span.status_message(), '\n')) {
    const std::string_view part = core::trim(line);
    if (part.empty()) continue;
    if (!text.empty()) text += ' ';
    text += part;
  }
  return core::visible(text);
}

}  // namespace spawn::view
