// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
#include "view/span_text.h"

#include <fmt/format.h>

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

// "java.sql.SQLException: refused" of the first one.
std::string exception_text(const trace::SpanRecord& span) {
  std::string text;
  span.for_each_event([&](const trace::SpanRecord::Event& event) {
    if (event.name != "exception" || !text.empty()) return;
    std::string message;
    span.for_each_attribute_of(event, [&](const trace::Attribute& attribute) {
      if (attribute.key == "exception.type") text = attribute.value.display();
      if (attribute.key == "exception.message") message = attribute.value.display();
    });
    if (!text.empty() && !message.empty()) text += ": ";
    text += message;
  });
  return text;
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
  std::string message(span.status_message());
  if (message.empty()) message = exception_text(span);
  if (message == shown(span, key::kHttpStatus)) return {};
  // Messages of several lines become one.
  std::string text;
  for (const std::string_view line : core::split(message, '\n')) {
    const std::string_view part = core::trim(line);
    if (part.empty()) continue;
    if (!text.empty()) text += ' ';
    text += part;
  }
  return core::visible(text);
}

std::string links_text(const trace::SpanRecord& span) {
  constexpr std::size_t kMost = 3;
  std::vector<trace::TraceId> others;
  span.for_each_link([&](const trace::SpanRecord::Link& link) {
    const trace::TraceId& id = link.to.trace_id;
    if (id != span.trace_id && !std::ranges::count(others, id)) others.push_back(id);
  });
  std::string text;
  for (std::size_t i = 0; i < std::min(kMost, others.size()); ++i) {
    text += (i == 0 ? "linked to trace " : ", ") + others[i].xray();
  }
  if (others.size() > kMost) text += fmt::format(" and {} more", others.size() - kMost);
  return text;
}

}  // namespace spawn::view
