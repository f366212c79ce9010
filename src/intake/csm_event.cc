// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
#include "intake/csm_event.h"

#include <algorithm>

#include "core/json.h"
#include "core/text.h"
#include "intake/scrub.h"

namespace spawn::intake {
namespace {

using core::Code;
using core::Json;

constexpr int kMaxDepth = 4;  // a real event is flat
// Limits of the format (aws-sdk-js lib/publisher), and of our own where it has none.
constexpr std::size_t kMaxNameBytes = 128;
constexpr std::size_t kMaxIdBytes = 256;
constexpr std::size_t kMaxUserAgentBytes = 256;
constexpr std::size_t kMaxMessageBytes = 512;
constexpr std::int64_t kMaxTimestampMs = 4'102'444'800'000;        // the year 2100
constexpr std::int64_t kMaxLatencyMs = 30LL * 24 * 3'600 * 1'000;  // 30 days
constexpr std::int64_t kMaxAttempts = 1'000;

// What a serviceId or an operation is made of; it becomes part of a span's name.
bool is_name(std::string_view text) {
  const auto fits = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == ' ' ||
           c == '-' || c == '_' || c == '.';
  };
  return !text.empty() && text.size() <= kMaxNameBytes && std::ranges::all_of(text, fits);
}

std::string text_of(const Json& event, std::string_view key, std::size_t max_bytes) {
  return std::string(core::utf8_prefix(event.text_at(key), max_bytes));
}

// An integer in [0, most]; nothing when it is absent or anything else.
std::optional<std::int64_t> count_of(const Json& event, std::string_view key, std::int64_t most) {
  const Json* member = event.find(key);
  if (member == nullptr || member->integer() == nullptr) return std::nullopt;
  const std::int64_t value = *member->integer();
  if (value < 0 || value > most) return std::nullopt;
  return value;
}

// As count_of, but what is there and out of bounds makes the event malformed.
bool read_count(const Json& event, std::string_view key, std::int64_t most,
                std::optional<std::int64_t>& to) {
  to = count_of(event, key, most);
  return to.has_value() || event.find(key) == nullptr;
}

std::string first_text(const Json& event, std::string_view key, std::string_view other) {
  std::string text = text_of(event, key, kMaxIdBytes);
  return text.empty() ? text_of(event, other, kMaxIdBytes) : text;
}

void read_status(const Json& event, std::string_view key, CsmEvent& to) {
  const auto status = count_of(event, key, 999);
  if (status && *status >= 100) to.http_status = static_cast<int>(*status);
}

// `prefix` is "" for attempts and "Final" for calls.
void read_exception(const Json& event, const std::string& prefix, CsmEvent& to) {
  std::string_view kind = "AwsException";
  if (event.text_at(prefix + "AwsException").empty()) kind = "SdkException";
  to.exception = text_of(event, prefix + std::string(kind), kMaxNameBytes);
  to.sdk_exception = !to.exception.empty() && kind == "SdkException";
  std::string message(event.text_at(prefix + std::string(kind) + "Message"));
  scrub_literal(message, event.text_at("SessionToken"));
  scrub_literal(message, event.text_at("AccessKey"));
  message = scrub(message);
  to.exception_message = core::utf8_prefix(message, kMaxMessageBytes);
}

void read_attempt(const Json& event, CsmEvent& to) {
  to.type = CsmEvent::Type::attempt;
  to.host = text_of(event, "Fqdn", kMaxIdBytes);
  // Services send x-amzn-requestid, S3 x-amz-request-id; the Go SDK puts S3's under the first name.
  to.request_id = first_text(event, "XAmznRequestId", "XAmzRequestId");
  to.extended_request_id = text_of(event, "XAmzId2", kMaxIdBytes);
  to.destination_ip = text_of(event, "DestinationIp", kMaxNameBytes);
  to.dns_ms = count_of(event, "DnsLatency", kMaxLatencyMs);
  to.connect_ms = count_of(event, "ConnectLatency", kMaxLatencyMs);
  if (!to.connect_ms) to.connect_ms = count_of(event, "TcpLatency", kMaxLatencyMs);
  to.tls_ms = count_of(event, "SslLatency", kMaxLatencyMs);
  read_status(event, "HttpStatusCode", to);
  read_exception(event, "", to);
}

bool read_call(const Json& event, CsmEvent& to) {
  to.type = CsmEvent::Type::call;
  read_status(event, "FinalHttpStatusCode", to);
  read_exception(event, "Final", to);
  return read_count(event, "AttemptCount", kMaxAttempts, to.attempt_count);
}

// The Go SDK (version 1) stamps the end; all others stamp the start.
bool stamps_the_end(const CsmEvent& event) {
  return event.user_agent.find("aws-sdk-go/") != std::string::npos;
}

bool read_times(const Json& event, std::string_view latency_key, CsmEvent& to) {
  const auto timestamp = count_of(event, "Timestamp", kMaxTimestampMs);
  std::optional<std::int64_t> latency;
  if (!timestamp || !read_count(event, latency_key, kMaxLatencyMs, latency)) return false;
  to.timestamp_ms = *timestamp;
  to.latency_ms = latency.value_or(0);
  if (stamps_the_end(to)) to.timestamp_ms = std::max<std::int64_t>(0, *timestamp - to.latency_ms);
  return true;
}

core::Result<CsmEvent> malformed(const char* why) {
  return core::fail(Code::invalid_argument, why);
}

}  // namespace

core::Result<CsmEvent> parse_csm_event(std::string_view datagram) {
  if (datagram.size() > kMaxDatagramBytes) return malformed("larger than 16 KiB");
  const auto json = Json::parse(datagram, kMaxDepth);
  if (!json) return core::fail(json.error());
  if (json->object() == nullptr) return malformed("no JSON object");

  CsmEvent event;
  event.client_id = text_of(*json, "ClientId", kMaxIdBytes);
  const std::string_view service = json->text_at("Service");
  const std::string_view api = json->text_at("Api");
  if (!is_name(service) || !is_name(api)) return malformed("Service or Api is no name");
  event.service = service;
  event.api = api;
  event.region = text_of(*json, "Region", kMaxNameBytes);
  event.user_agent = text_of(*json, "UserAgent", kMaxUserAgentBytes);

  const std::string_view type = json->text_at("Type");
  if (type == "ApiCallAttempt") {
    read_attempt(*json, event);
    if (!read_times(*json, "AttemptLatency", event)) return malformed("a time is out of bounds");
  } else if (type == "ApiCall") {
    if (!read_call(*json, event)) return malformed("AttemptCount is out of bounds");
    if (!read_times(*json, "Latency", event)) return malformed("a time is out of bounds");
  } else {
    return malformed("Type is neither ApiCall nor ApiCallAttempt");
  }
  return event;
}

}  // namespace spawn::intake
