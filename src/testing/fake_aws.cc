// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
#include "testing/fake_aws.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <ctime>
#include <utility>

#include "core/text.h"
#include "core/time_text.h"
#include "core/url.h"
#include "testing/fake_aws_replies.h"
#include "testing/fake_json.h"
#include "testing/fakes.h"
#include "testing/signature_check.h"

namespace spawn::testing {
namespace {

// "AWS4-HMAC-SHA256 Credential=AKID/20260102/us-east-1/xray/aws4_request, SignedHeaders=…,
// Signature=<64 hex>" → "xray"; "" when that is not what it looks like.
std::string signed_service(std::string_view authorization) {
  constexpr std::string_view kAlgorithm = "AWS4-HMAC-SHA256 ";
  if (!authorization.starts_with(kAlgorithm)) return {};
  std::string service;
  bool has_headers = false;
  bool has_signature = false;
  for (std::string_view part : core::split(authorization.substr(kAlgorithm.size()), ',')) {
    part = core::trim(part);
    if (part.starts_with("Credential=")) {
      const auto scope = core::split(part, '/');
      if (scope.size() == 5 && scope[4] == "aws4_request") service = scope[3];
    }
    has_headers |=
        part.starts_with("SignedHeaders=") && part.find("host") != std::string_view::npos;
    constexpr std::string_view kSignature = "Signature=";
    has_signature |= part.starts_with(kSignature) && part.size() == kSignature.size() + 64;
  }
  return has_headers && has_signature ? service : std::string();
}

std::string operation_of(const http::Request& request, std::string_view service,
                         std::string_view path) {
  if (service == "xray") {
    if (const auto operation = FakeXRay::operation_of(path); !operation.empty()) {
      return std::string(operation);
    }
  }
  if (!FakeLambda::function_in(path).empty()) return "Invoke";
  const std::string_view target = http::header(request.headers, "X-Amz-Target");
  if (!target.empty()) return std::string(target.substr(target.rfind('.') + 1));
  for (const std::string_view pair : core::split(request.body, '&')) {
    if (pair.starts_with("Action=")) return std::string(pair.substr(7));
  }
  return request.method;
}

// "2026-01-02T03:04:05…" → "Fri, 02 Jan 2026 03:04:05 GMT"
std::string http_date(std::int64_t wall_ns) {
  const std::time_t seconds = wall_ns / 1'000'000'000;
  std::tm parts{};
  gmtime_r(&seconds, &parts);
  constexpr std::array kDays = {"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
  constexpr std::array kMonths = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                  "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
  return fmt::format("{}, {:02} {} {} {:02}:{:02}:{:02} GMT",
                     kDays.at(static_cast<std::size_t>(parts.tm_wday)), parts.tm_mday,
                     kMonths.at(static_cast<std::size_t>(parts.tm_mon)), 1900 + parts.tm_year,
                     parts.tm_hour, parts.tm_min, parts.tm_sec);
}

// "20260102T030405Z" is more than five minutes away from `wall_ns`, or no time at all.
bool is_off(std::string_view amz_date, std::int64_t wall_ns) {
  if (amz_date.size() != 16) return true;
  const auto part = [&](std::size_t at, std::size_t size) { return amz_date.substr(at, size); };
  const auto signed_at =
      core::parse_rfc3339(fmt::format("{}-{}-{}T{}:{}:{}Z", part(0, 4), part(4, 2), part(6, 2),
                                      part(9, 2), part(11, 2), part(13, 2)));
  return !signed_at ||
         std::chrono::abs(core::Nanos(*signed_at - wall_ns)) > std::chrono::minutes(5);
}

bool speaks_json(std::string_view service) {
  return service == "dynamodb" || service == "sqs" || service == "ssm";
}

http::Reply wrong_ids() {
  http::Reply reply;
  reply.status = 200;
  reply.headers = {{"Content-Type", "application/json"}};
  reply.body =
      R"({"UnprocessedTraceSegments":[{"Id":"ffffffffffffffff","ErrorCode":"Odd","Message":"odd"},)"
      R"({"Id":null,"ErrorCode":null,"Message":null}],"UnprocessedTraceIds":[],)"
      R"("Traces":[{"Id":"1-ffffffff-ffffffffffffffffffffffff","Segments":[]}]})";
  return reply;
}

}  // namespace

void FakeAws::inject(const std::string& service, Fault fault) {
  const std::lock_guard lock(mutex_);
  faults_[service].push_back(fault);
}

std::vector<FakeAws::Seen> FakeAws::seen() const {
  const std::lock_guard lock(mutex_);
  return seen_;
}

std::vector<std::string> FakeAws::documents() const {
  const std::lock_guard lock(mutex_);
  return xray_.documents();
}

std::vector<std::string> FakeAws::telemetry() const {
  const std::lock_guard lock(mutex_);
  return xray_.telemetry();
}

void FakeAws::set_clock_ahead(core::Nanos by) {
  const std::lock_guard lock(mutex_);
  clock_ahead_ = by;
}

void FakeAws::require_signature_by(aws::Credentials credentials) {
  const std::lock_guard lock(mutex_);
  credentials_ = std::move(credentials);
}

void FakeAws::put_parameter(const std::string& name, std::string value) {
  const std::lock_guard lock(mutex_);
  parameters_[name] = std::move(value);
}

void FakeAws::set_function(const std::string& name, Function function) {
  const std::lock_guard lock(mutex_);
  lambda_.set(name, std::move(function));
}

void FakeAws::set_metadata(const std::string& path, std::string text) {
  const std::lock_guard lock(mutex_);
  imds_.set(path, std::move(text));
}

std::vector<FakeEc2::Instance> FakeAws::instances() const {
  const std::lock_guard lock(mutex_);
  return ec2_.instances();
}

void FakeAws::forget() {
  const std::lock_guard lock(mutex_);
  seen_.clear();
  dynamodb_ = FakeDynamoDb();
  ec2_ = FakeEc2();
  s3_ = FakeS3();
  sqs_ = FakeSqs();
  xray_ = FakeXRay();
}

std::int64_t FakeAws::wall_ns() const {
  return clock_.now().wall_ns + clock_ahead_.value_or(core::Nanos(0)).count();
}

core::Result<http::Reply> FakeAws::send(const http::Request& request) {
  return in_memory(request, [this](const http::Request& whole) { return send_in_memory(whole); });
}

core::Result<http::Reply> FakeAws::send_in_memory(const http::Request& request) {
  const auto url = core::Url::parse(request.url);
  if (!url) return core::fail(url.error());

  const std::lock_guard lock(mutex_);
  Seen seen;
  seen.service = signed_service(http::header(request.headers, "Authorization"));
  seen.operation = operation_of(request, seen.service, url->path);
  seen.method = request.method;
  seen.path = url->path;
  for (const auto& header : request.headers) seen.header_names.push_back(header.first);
  seen.trace_header = http::header(request.headers, "X-Amzn-Trace-Id");
  seen_.push_back(seen);

  auto reply = answer(seen, request);
  if (!reply) return reply;
  const std::string id = fmt::format("00000000-0000-4000-8000-{:012}", ++requests_);
  if (seen.service == "s3") {
    reply->headers.emplace_back("x-amz-request-id", id);
    reply->headers.emplace_back("x-amz-id-2", "extended-" + id);
  } else {
    reply->headers.emplace_back("x-amzn-RequestId", id);
  }
  if (clock_ahead_) reply->headers.emplace_back("Date", http_date(wall_ns()));
  reply->peer_address = "127.0.0.1";
  return reply;
}

core::Result<http::Reply> FakeAws::answer(const Seen& seen, const http::Request& request) {
  std::deque<Fault>& faults = faults_[seen.service];
  if (faults.empty()) return serve(seen, request);
  const Fault fault = faults.front();
  if (--faults.front().count <= 0) faults.pop_front();
  switch (fault.kind) {
    case Fault::Kind::status:
      return usual_error(seen.service, fault.status);
    case Fault::Kind::hang:
      clock_.sleep_for(request.total_timeout);
      return core::fail(core::Code::timeout, "no reply in time");
    case Fault::Kind::refused:
      return core::fail(core::Code::unavailable, "connection refused");
    case Fault::Kind::reset:
      return core::fail(core::Code::unavailable, "connection reset by peer");
    case Fault::Kind::truncated:
      (void)serve(seen, request);
      return core::fail(core::Code::unavailable, "the connection broke before a whole reply");
    case Fault::Kind::expired:
      return expired_error(seen.service);
    case Fault::Kind::wrong_ids:
      return wrong_ids();
    case Fault::Kind::delay:
      clock_.sleep_for(fault.delay);
      break;
    case Fault::Kind::garbage: {
      http::Reply reply;
      reply.status = 200;
      reply.body = "\x7f<<<{ neither this nor that";
      return reply;
    }
  }
  return serve(seen, request);
}

http::Reply FakeAws::serve(const Seen& seen, const http::Request& request) {
  if (seen.service.empty() && seen.path.starts_with("/latest/")) {
    return imds_.serve(request, seen.path);
  }
  if (seen.service.empty()) {
    return error_reply("", 403, "MissingAuthenticationTokenException",
                       "Missing Authentication Token");
  }
  if (clock_ahead_ && is_off(http::header(request.headers, "X-Amz-Date"), wall_ns())) {
    return skewed_error(seen.service);
  }
  if (credentials_ && !is_signed_by(*credentials_, request)) {
    return wrong_signature_error(seen.service);
  }
  if (speaks_json(seen.service)) return serve_json(seen, request);
  if (seen.service == "ec2") return ec2_.serve(request.body);
  if (seen.service == "lambda") return lambda_.serve(request, seen.path);
  if (seen.service == "xray") return xray_.serve(seen.path, request.body);
  if (seen.service == "s3") return s3_.serve(request);
  if (seen.service == "sts") return sts_.serve(request.body, wall_ns());
  return error_reply(seen.service, 400, "UnknownOperationException", "not in this fake");
}

http::Reply FakeAws::serve_json(const Seen& seen, const http::Request& request) {
  const auto body = core::Json::parse(request.body);
  if (!body) return error_reply(seen.service, 400, "SerializationException", "no JSON");
  if (seen.service == "dynamodb") return dynamodb_.serve(seen.operation, *body);
  if (seen.service == "sqs") return sqs_.serve(seen.operation, *body, seen.trace_header, wall_ns());
  const auto parameter = parameters_.find(body->text_at("Name"));
  if (seen.operation != "GetParameter" || parameter == parameters_.end()) {
    return error_reply("ssm", 400, "ParameterNotFound", "no such parameter");
  }
  return json_reply(
      {{"Parameter", core::Json(core::Json::Object{{"Name", core::Json(parameter->first)},
                                                   {"Type", core::Json(std::string("String"))},
                                                   {"Value", core::Json(parameter->second)}})}});
}

}  // namespace spawn::testing
