// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
#include "intake/csm_span.h"

#include <fmt/format.h>

#include <algorithm>

#include "core/text.h"
#include "trace/attributes.h"

namespace spawn::intake {
namespace {

namespace key = trace::key;
using trace::SpanRecord;

constexpr std::int64_t kNanosPerMilli = 1'000'000;

void set_if(SpanRecord& span, std::string_view name, std::string_view value) {
  if (!value.empty()) span.set(name, value);
}
void set_if(SpanRecord& span, std::string_view name, std::optional<std::int64_t> value) {
  if (value) span.set(name, *value);
}

void set_times(SpanRecord& span, const CsmEvent& event) {
  span.start_ns = event.timestamp_ms * kNanosPerMilli;
  span.end_ns = event.end_ms() * kNanosPerMilli;
}

void set_outcome(SpanRecord& span, const CsmEvent& event) {
  const bool failed = !event.exception.empty() || event.http_status.value_or(0) >= 400;
  span.set(key::kError, failed);
  if (event.http_status) span.set(key::kHttpStatus, *event.http_status);
  if (!failed) return;
  span.set(key::kErrorType,
           event.exception.empty() ? std::to_string(*event.http_status) : event.exception);
  span.set_status(trace::StatusCode::error, event.exception_message);
}

void set_request_ids(SpanRecord& span, const CsmEvent& attempt) {
  set_if(span, key::kAwsRequestId, attempt.request_id);
  set_if(span, key::kAwsExtendedRequestId, attempt.extended_request_id);
}

void set_server(SpanRecord& span, const CsmEvent& attempt) {
  const HostPort server = split_host_port(attempt.host);
  set_if(span, key::kServerAddress, server.host);
  if (server.port != 0) span.set(key::kServerPort, int{server.port});
}

// "CloudWatch Logs" → "cloudwatchlogs".
std::string service_id(std::string_view service) {
  std::string id = core::to_lower(service);
  std::erase(id, ' ');
  return id;
}

// All that call and orphan have in common.
SpanRecord start_call(const CsmEvent& event) {
  SpanRecord span;
  span.kind = trace::SpanKind::client;
  span.set_name(fmt::format("{}.{}", event.service, event.api));
  set_times(span, event);
  span.set(key::kAwsService, service_id(event.service));
  span.set(key::kAwsOperation, event.api);
  set_if(span, key::kAwsRegion, event.region);
  span.set(key::kRpcSystem, "aws-api");
  span.set(key::kRpcService, event.service);
  span.set(key::kRpcMethod, event.api);
  set_if(span, key::kCloudRegion, event.region);
  set_if(span, key::kUserAgent, event.user_agent);
  span.set(key::kSource, "csm");
  return span;
}

void set_phases(SpanRecord& span, const CsmEvent& attempt) {
  set_if(span, key::kPeerAddress, attempt.destination_ip);
  set_if(span, key::kDnsMs, attempt.dns_ms);
  set_if(span, key::kConnectMs, attempt.connect_ms);
  set_if(span, key::kTlsMs, attempt.tls_ms);
}

}  // namespace

SpanRecord call_span(const CsmEvent& call, const std::vector<CsmEvent>& attempts) {
  SpanRecord span = start_call(call);
  span.set(key::kAwsAttempts,
           call.attempt_count.value_or(static_cast<std::int64_t>(attempts.size())));
  if (!attempts.empty()) {
    set_request_ids(span, attempts.back());
    set_server(span, attempts.back());
  }
  set_outcome(span, call);
  return span;
}

SpanRecord attempt_span(const CsmEvent& attempt, int number) {
  SpanRecord span;
  span.kind = trace::SpanKind::internal;
  span.set_name(fmt::format("attempt {}", number));
  set_times(span, attempt);
  span.set(key::kSource, "csm");
  set_request_ids(span, attempt);
  if (number > 1) span.set(key::kHttpResendCount, number - 1);
  set_phases(span, attempt);
  set_outcome(span, attempt);
  return span;
}

SpanRecord orphan_span(const CsmEvent& attempt) {
  SpanRecord span = start_call(attempt);
  set_request_ids(span, attempt);
  set_server(span, attempt);
  set_phases(span, attempt);
  set_outcome(span, attempt);
  return span;
}

HostPort split_host_port(std::string_view text) {
  const auto colon = text.rfind(':');
  const bool bracketed = text.starts_with('[');
  const auto close = text.find(']');
  if (bracketed && close == std::string_view::npos) return {text, 0};
  const std::string_view bare = bracketed ? text.substr(1, close - 1) : text;
  if (colon == std::string_view::npos || (bracketed && colon < close)) return {bare, 0};
  if (!bracketed && text.find(':') != colon) return {text, 0};  // an IPv6 address
  const auto port = core::parse_int(text.substr(colon + 1));
  const bool good = port && *port > 0 && *port <= 65535;
  return {bracketed ? bare : text.substr(0, colon),
          good ? static_cast<std::uint16_t>(*port) : std::uint16_t{0}};
}

}  // namespace spawn::intake
