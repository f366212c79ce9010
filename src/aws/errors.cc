// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
#include "aws/errors.h"

#include <algorithm>
#include <array>
#include <initializer_list>

#include "aws/protocol/xml.h"
#include "aws/timestamp.h"
#include "core/json.h"
#include "core/text.h"

namespace spawn::aws {
namespace {

using core::Code;

constexpr std::size_t kMaxCodeBytes = 128;
constexpr std::size_t kMaxMessageBytes = 512;
// Below this a difference is latency or an ordinary clock's error.
constexpr core::Nanos kClockIsOff = std::chrono::minutes(4);

bool is_one_of(std::string_view code, std::initializer_list<std::string_view> codes) {
  return std::ranges::find(codes, code) != codes.end();
}

bool is_throttle(std::string_view code, int status) {
  return status == 429 ||
         is_one_of(code,
                   {"Throttling", "ThrottlingException", "ThrottledException",
                    "RequestThrottledException", "RequestThrottled", "TooManyRequestsException",
                    "ProvisionedThroughputExceededException", "TransactionInProgressException",
                    "RequestLimitExceeded", "BandwidthLimitExceeded", "LimitExceededException",
                    "SlowDown", "PriorRequestNotComplete", "EC2ThrottledException"});
}

bool is_transient(std::string_view code, int status) {
  return status == 500 || status == 502 || status == 503 || status == 504 ||
         is_one_of(code, {"RequestTimeout", "RequestTimeoutException", "InternalError",
                          "InternalServerError", "InternalFailure"});
}

Code code_of(std::string_view aws_code, int status, bool throttled) {
  if (throttled) return Code::throttled;
  if (is_one_of(aws_code, {"RequestTimeout", "RequestTimeoutException"})) return Code::timeout;
  if (is_one_of(aws_code,
                {"ExpiredToken", "ExpiredTokenException", "InvalidClientTokenId",
                 "UnrecognizedClientException", "SignatureDoesNotMatch",
                 "InvalidSignatureException", "AuthFailure", "MissingAuthenticationToken",
                 "MissingAuthenticationTokenException", "IncompleteSignature", "InvalidAccessKeyId",
                 "InvalidToken", "RequestExpired", "RequestTimeTooSkewed"})) {
    return Code::unauthenticated;
  }
  if (is_one_of(aws_code, {"AccessDenied", "AccessDeniedException", "UnauthorizedOperation"})) {
    return Code::permission_denied;
  }
  if (aws_code.starts_with("NoSuch") || aws_code.ends_with(".NotFound") ||
      is_one_of(aws_code,
                {"ResourceNotFoundException", "NotFoundException", "NotFound", "ParameterNotFound",
                 "QueueDoesNotExist", "AWS.SimpleQueueService.NonExistentQueue"})) {
    return Code::not_found;
  }
  if (status == 401) return Code::unauthenticated;
  if (status == 403) return Code::permission_denied;
  if (status == 404) return Code::not_found;
  if (status == 408) return Code::timeout;
  if (status >= 500) return Code::unavailable;
  if (status >= 400) return Code::invalid_argument;
  return Code::protocol;  // a redirect, or no HTTP at all
}

// "com.amazonaws.x#ThrottledException:http://…" → "ThrottledException"; "" for what is no code.
std::string clean_code(std::string_view text) {
  const auto hash = text.rfind('#', text.find(':'));
  if (hash != std::string_view::npos) text.remove_prefix(hash + 1);
  text = core::trim(text.substr(0, text.find_first_of(":;")));
  const bool plain = std::ranges::all_of(text, [](char c) {
    return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || c == '.' ||
           c == '_' || c == '-';
  });
  return plain && text.size() <= kMaxCodeBytes ? std::string(text) : std::string();
}

struct Said {
  std::string code;
  std::string message;
  std::string request_id;
};

Said read_json_error(const http::Reply& reply) {
  Said said;
  // Services that once spoke the query protocol still name its code:
  // "AWS.X.NonExistentQueue;Sender".
  for (const char* name : {"x-amzn-query-error", "x-amzn-errortype"}) {
    if (said.code.empty()) said.code = clean_code(http::header(reply.headers, name));
  }
  const auto body = core::Json::parse(reply.body, 16);
  if (!body) return said;
  for (const char* key : {"__type", "code", "Code"}) {
    if (said.code.empty()) said.code = clean_code(body->text_at(key));
  }
  for (const char* key : {"message", "Message", "errorMessage"}) {
    if (said.message.empty()) said.message = body->text_at(key);
  }
  return said;
}

Said read_xml_error(const http::Reply& reply) {
  Said said;
  const auto document = xml::Document::parse(reply.body);
  if (!document) return said;
  const xml::Element root = document->root();
  said.code = clean_code(root.find_below("Code").text());
  said.message = root.find_below("Message").text();
  for (const char* tag : {"RequestId", "RequestID"}) {  // EC2 spells it in capitals
    if (said.request_id.empty()) said.request_id = root.find_below(tag).text();
  }
  return said;
}

Said read_error(Protocol protocol, const http::Reply& reply) {
  switch (protocol) {
    case Protocol::rest_json:
    case Protocol::json_1_0:
    case Protocol::json_1_1:
      return read_json_error(reply);
    case Protocol::query:
    case Protocol::ec2_query:
    case Protocol::rest_xml:
      return read_xml_error(reply);
  }
  return {};
}

void replace_all(std::string& text, std::string_view what) {
  if (what.size() < 8) return;  // nothing secret is that short, and "" is everywhere
  for (auto at = text.find(what); at != std::string::npos; at = text.find(what, at)) {
    text.replace(at, what.size(), "***");
  }
}

std::string_view between(std::string_view text, std::string_view before, char after) {
  const auto at = text.find(before);
  if (at == std::string_view::npos) return {};
  text.remove_prefix(at + before.size());
  return text.substr(0, text.find(after));
}

// A refused signature is answered with the canonical request, which holds the session token.
std::string presentable(std::string_view text, const Call& call) {
  const http::Headers& sent = call.headers;
  std::string out(core::trim(text));
  for (const core::Secret& secret : call.hidden) replace_all(out, secret.reveal());
  replace_all(out, http::header(sent, "x-amz-sso_bearer_token"));
  replace_all(out, http::header(sent, "x-amz-security-token"));
  const std::string_view authorization = http::header(sent, "authorization");
  replace_all(out, between(authorization, "Signature=", ','));
  replace_all(out, between(authorization, "Credential=", '/'));
  out.resize(std::min(out.find_first_of("\r\n"), out.size()));
  for (char& c : out) {
    if (static_cast<unsigned char>(c) < ' ' || c == 0x7F) c = ' ';
  }
  out = core::repair_utf8(out);
  out.resize(core::utf8_prefix(out, kMaxMessageBytes).size());
  return out;
}

std::string prefix(const Call& call) {
  return std::string(call.service->id) + " " + call.operation;
}

// What a person can do about it; "" where the message says it, or nobody can.
std::string_view advice(const Failure& failure) {
  if (is_expired_credentials(failure)) return " (renew the credentials)";
  if (is_one_of(failure.aws_code, {"InvalidClientTokenId", "UnrecognizedClientException",
                                   "InvalidAccessKeyId", "InvalidToken"})) {
    return " (check which credentials are used: `aws sts get-caller-identity`)";
  }
  if (may_be_clock_skew(failure)) return " (check the secret access key, and the clock)";
  switch (code_of(failure.aws_code, failure.status, failure.throttled)) {
    case Code::permission_denied:
      return " (the policy of these credentials must allow it)";
    case Code::throttled:
      return " (try again later)";
    case Code::protocol:
      return " (check the region and the endpoint)";
    default:
      return "";
  }
}

bool is_html(std::string_view body) {
  return core::to_lower(core::trim(body).substr(0, 14)).starts_with("<!doctype html") ||
         core::to_lower(core::trim(body).substr(0, 5)) == "<html";
}

void compose_error(const Call& call, Failure& failure) {
  std::string text = failure.aws_code;
  if (!failure.message.empty()) text += (text.empty() ? "" : ": ") + failure.message;
  text += advice(failure);
  failure.error = {code_of(failure.aws_code, failure.status, failure.throttled),
                   prefix(call) + ": " + text};
}

}  // namespace

RequestIds request_ids(const http::Headers& headers) {
  RequestIds ids;
  for (const char* name : {"x-amzn-requestid", "x-amzn-request-id", "x-amz-request-id"}) {
    if (ids.id.empty()) ids.id = http::header(headers, name);
  }
  ids.extended = http::header(headers, "x-amz-id-2");
  return ids;
}

bool is_error_in_good_reply(const Call& call, const http::Reply& reply) {
  if (call.service->protocol != Protocol::rest_xml) return false;
  std::string_view body = core::trim(reply.body);
  if (body.starts_with("<?")) {
    const auto end = body.find("?>");
    body = core::trim(body.substr(end == std::string_view::npos ? body.size() : end + 2));
  }
  return body.starts_with("<Error>");
}

Failure failure_of_reply(const Call& call, const http::Reply& reply, std::int64_t wall_ns) {
  const Said said = read_error(call.service->protocol, reply);
  RequestIds ids = request_ids(reply.headers);
  Failure failure;
  failure.status = reply.status;
  failure.aws_code = said.code;
  failure.message = presentable(said.message, call);
  if (failure.message.empty()) {
    failure.message = "HTTP status " + std::to_string(reply.status);
    if (is_html(reply.body)) failure.message += " and a page of HTML, from " + call.url.authority();
  }
  failure.request_id = ids.id.empty() ? presentable(said.request_id, call) : ids.id;
  failure.extended_request_id = std::move(ids.extended);
  failure.bucket_region = http::header(reply.headers, "x-amz-bucket-region");
  failure.throttled = is_throttle(said.code, reply.status);
  failure.retryable = failure.throttled || is_transient(said.code, reply.status);
  failure.timings = reply.timings;
  failure.peer_address = reply.peer_address;
  if (const auto date = parse_http_date(http::header(reply.headers, "date"))) {
    const core::Nanos offset(*date - wall_ns);
    if (std::chrono::abs(offset) > kClockIsOff) failure.clock_offset = offset;
  }
  compose_error(call, failure);
  return failure;
}

Failure failure_without_reply(const Call& call, core::Error error) {
  Failure failure;
  failure.message = error.message;
  failure.retryable = error.code == Code::unavailable || error.code == Code::timeout;
  failure.error = std::move(error).while_(prefix(call));
  return failure;
}

std::string error_type(const Failure& failure) {
  if (!failure.aws_code.empty()) return failure.aws_code;
  if (failure.status != 0) return std::to_string(failure.status);
  switch (failure.error.code) {
    case Code::timeout:
      return "timeout";
    case Code::unavailable:
      return "connect";
    case Code::unauthenticated:
      return "credentials";
    default:
      return std::string(core::to_string(failure.error.code));
  }
}

bool is_expired_credentials(const Failure& failure) {
  // EC2 has one code for both: credentials and clocks that are behind.
  if (failure.aws_code == "RequestExpired") return !failure.clock_offset;
  return is_one_of(failure.aws_code, {"ExpiredToken", "ExpiredTokenException"});
}

bool may_be_clock_skew(const Failure& failure) {
  return is_one_of(failure.aws_code,
                   {"RequestTimeTooSkewed", "RequestExpired", "RequestInTheFuture",
                    "InvalidSignatureException", "SignatureDoesNotMatch", "AuthFailure"});
}

}  // namespace spawn::aws
