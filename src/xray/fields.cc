// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
#include "xray/fields.h"

#include <algorithm>
#include <array>
#include <utility>

#include "core/text.h"
#include "trace/attributes.h"

namespace spawn::xray {
namespace {

namespace key = trace::key;
using trace::Value;
using trace::ValueType;

void take(std::string_view& to, const Value& value) {
  if (value.type() == ValueType::string) to = value.string();
}

// For the weaker of two names: the other one wins, in whatever order they come.
void take_if_empty(std::string_view& to, const Value& value) {
  if (to.empty()) take(to, value);
}

// Some programs send numbers as text.
void take(std::int64_t& to, const Value& value) {
  if (value.type() == ValueType::integer) {
    to = value.integer();
  } else if (value.type() == ValueType::string) {
    to = core::parse_int(value.string()).value_or(to);
  }
}

// Of the names of one length, first come the usual ones; the length decides nearly always.
void take_short(Fields& f, std::string_view name, const Value& value) {
  switch (name.size()) {
    case 8:
      if (name == key::kUrlFull) return take(f.http_url, value);
      if (name == "http.url") return take_if_empty(f.http_url, value);
      return;
    case 10:
      if (name == key::kAwsRegion) return take(f.region, value);
      if (name == key::kRpcSystem) return take(f.rpc_system, value);
      if (name == key::kRpcMethod) return take_if_empty(f.operation, value);
      if (name == key::kErrorType) return take(f.error_type, value);
      if (name == "aws.s3.key") return take(f.object_key, value);
      return;
    case 11:
      if (name == key::kAwsService) return take(f.aws_service, value);
      if (name == key::kRpcService) return take(f.rpc_service, value);
      if (name == "http.method") return take_if_empty(f.http_method, value);
      return;
    case 12:
      if (name == key::kCloudRegion) return take_if_empty(f.region, value);
      if (name == "peer.service") return take(f.peer, value);
      return;
    case 13:
      if (name == key::kAwsOperation) return take(f.operation, value);
      if (name == "aws.s3.bucket") return take(f.bucket, value);
      return;
    case 14:
      if (name == key::kAwsRequestId) return take(f.request_id, value);
      if (name == key::kServerAddress) return take_if_empty(f.peer, value);
      if (name == "client.address") return take(f.client_ip, value);
      if (name == "http.client_ip") return take_if_empty(f.client_ip, value);
      return;
    case 15:
      if (name == "http.user_agent") return take_if_empty(f.user_agent, value);
      return;
    default:
      return;
  }
}

void take_long(Fields& f, std::string_view name, const Value& value) {
  switch (name.size()) {
    case 16:
      if (name == "http.status_code" && f.http_status == 0) return take(f.http_status, value);
      return;
    case 17:
      if (name == key::kInstanceId) f.instance_id = value;
      if (name == "aws.sqs.queue.url") return take(f.queue_url, value);
      return;
    case 18:
      if (name == key::kJobArrayId) f.job_array_id = value;
      if (name == key::kAwsAttempts) return take(f.attempts, value);
      return;
    case 19:
      if (name == key::kHttpMethod) return take(f.http_method, value);
      if (name == key::kUserAgent) return take(f.user_agent, value);
      return;
    case 21:
      if (name == key::kJobArrayIndex) f.job_array_index = value;
      return;
    case 23:
      if (name == key::kAwsExtendedRequestId) return take(f.extended_request_id, value);
      if (name == "http.response.body.size") return take(f.content_length, value);
      return;
    case 24:
      if (name == "aws.dynamodb.table_names") f.tables = value;
      return;
    case 25:
      if (name == key::kHttpStatus) return take(f.http_status, value);
      return;
    default:
      return;
  }
}

bool is_throttle(std::string_view code) {
  // As botocore has them (its retry handler's _THROTTLED_ERROR_CODES) and what the services add.
  constexpr auto kCodes = std::to_array<std::string_view>(
      {"BandwidthLimitExceeded", "EC2ThrottledException", "LimitExceededException",
       "PriorRequestNotComplete", "ProvisionedThroughputExceeded",
       "ProvisionedThroughputExceededException", "RequestLimitExceeded", "RequestThrottled",
       "RequestThrottledException", "SlowDown", "ThrottledException", "Throttling",
       "ThrottlingException", "TooManyRequestsException", "TransactionInProgressException"});
  return std::ranges::find(kCodes, code) != kCodes.end();
}

}  // namespace

Fields collect_fields(const trace::SpanRecord& record) {
  Fields fields;
  record.for_each_attribute([&](const trace::Attribute& a) {
    if (a.key.size() < 16) {
      take_short(fields, a.key, a.value);
    } else {
      take_long(fields, a.key, a.value);
    }
  });
  return fields;
}

bool is_segment(const trace::SpanRecord& record) {
  return !record.parent_id.valid() || record.parent_remote ||
         record.kind == trace::SpanKind::server || record.kind == trace::SpanKind::consumer;
}

Flags flags_of(const trace::SpanRecord& record, const Fields& fields) {
  const std::int64_t status = fields.http_status;
  if (status == 429 || (!fields.error_type.empty() && is_throttle(fields.error_type))) {
    return {.error = true, .throttle = true};
  }
  if (status >= 400 && status < 500) return {.error = true};
  if (status >= 500 && status < 600) return {.fault = true};
  return {.fault = record.status == trace::StatusCode::error};
}

std::string_view aws_spelling(std::string_view service) {
  constexpr auto kNames =
      std::to_array<std::pair<std::string_view, std::string_view>>({{"dynamodb", "DynamoDB"},
                                                                    {"ec2", "EC2"},
                                                                    {"iam", "IAM"},
                                                                    {"lambda", "Lambda"},
                                                                    {"s3", "S3"},
                                                                    {"sns", "SNS"},
                                                                    {"sqs", "SQS"},
                                                                    {"ssm", "SSM"},
                                                                    {"sts", "STS"},
                                                                    {"xray", "XRay"}});
  const auto at = std::ranges::find(kNames, service, [](const auto& name) { return name.first; });
  return at == kNames.end() ? service : at->second;
}

}  // namespace spawn::xray
