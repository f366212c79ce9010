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

// Which block of the document holds an attribute in full.
enum class Block : std::uint8_t { none, http, aws };

// Of longer text the document has only the beginning.
Block held_text(std::string_view text, Block block) {
  return !text.empty() && text.size() <= kMaxTextCharacters ? block : Block::none;
}

Block take(std::string_view& to, const Value& value, Block block = Block::none) {
  if (value.type() != ValueType::string) return Block::none;
  to = value.string();
  return held_text(to, block);
}

// For the weaker of two names: the other one wins, in whatever order they come.
Block take_if_empty(std::string_view& to, const Value& value) {
  if (to.empty()) take(to, value);
  return Block::none;
}

// Some programs send numbers as text.
Block take(std::int64_t& to, const Value& value, Block block = Block::none) {
  if (value.type() == ValueType::integer) {
    to = value.integer();
    return block;
  }
  if (value.type() == ValueType::string) to = core::parse_int(value.string()).value_or(to);
  return Block::none;
}

Block keep(std::optional<Value>& to, const Value& value) {
  to = value;
  return Block::none;
}

// Of the names of one length, first come the usual ones; the length decides nearly always.
Block take_short(Fields& f, std::string_view name, const Value& value) {
  switch (name.size()) {
    case 8:
      if (name == key::kUrlFull) return take(f.http_url, value, Block::http);
      if (name == "http.url") return take_if_empty(f.http_url, value);
      break;
    case 10:
      if (name == key::kAwsRegion) return take(f.region, value, Block::aws);
      if (name == key::kRpcSystem) return take(f.rpc_system, value, Block::aws);
      if (name == key::kRpcMethod) return take(f.rpc_method, value, Block::aws);
      if (name == key::kErrorType) return take(f.error_type, value);
      if (name == "aws.s3.key") return take(f.object_key, value, Block::aws);
      break;
    case 11:
      if (name == key::kAwsService) return take(f.aws_service, value);
      if (name == key::kRpcService) return take(f.rpc_service, value);
      if (name == "http.method") return take_if_empty(f.http_method, value);
      break;
    case 12:
      if (name == key::kCloudRegion) return take(f.cloud_region, value, Block::aws);
      if (name == "peer.service") return take(f.peer, value);
      break;
    case 13:
      if (name == key::kAwsOperation) return take(f.operation, value, Block::aws);
      if (name == "aws.s3.bucket") return take(f.bucket, value, Block::aws);
      break;
    case 14:
      if (name == key::kAwsRequestId) return take(f.request_id, value, Block::aws);
      if (name == key::kServerAddress) return take_if_empty(f.peer, value);
      if (name == "client.address") return take(f.client_ip, value, Block::http);
      if (name == "http.client_ip") return take_if_empty(f.client_ip, value);
      break;
    case 15:
      if (name == "http.user_agent") return take_if_empty(f.user_agent, value);
      break;
    default:
      break;
  }
  return Block::none;
}

Block take_long(Fields& f, std::string_view name, const Value& value) {
  switch (name.size()) {
    case 16:
      if (name == "http.status_code" && f.http_status == 0) return take(f.http_status, value);
      break;
    case 17:
      if (name == key::kInstanceId) return keep(f.instance_id, value);
      if (name == "aws.sqs.queue.url") return take(f.queue_url, value, Block::aws);
      break;
    case 18:
      if (name == key::kJobArrayId) return keep(f.job_array_id, value);
      if (name == key::kAwsAttempts) return take(f.attempts, value);
      break;
    case 19:
      if (name == key::kHttpMethod) return take(f.http_method, value, Block::http);
      if (name == key::kUserAgent) return take(f.user_agent, value, Block::http);
      break;
    case 21:
      if (name == key::kJobArrayIndex) return keep(f.job_array_index, value);
      break;
    case 23:
      if (name == key::kAwsExtendedRequestId) return take(f.extended_request_id, value, Block::aws);
      if (name == "http.response.body.size") return take(f.content_length, value, Block::http);
      break;
    case 24:
      if (name == "aws.dynamodb.table_names") return keep(f.tables, value);
      break;
    case 25:
      if (name == key::kHttpStatus) return take(f.http_status, value, Block::http);
      break;
    default:
      break;
  }
  return Block::none;
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
  Fields f;
  std::uint64_t held_by_aws = 0;
  std::uint64_t bit = 1;  // of the attribute; none after the 64th
  record.for_each_attribute([&](const trace::Attribute& a) {
    const Block block =
        a.key.size() < 16 ? take_short(f, a.key, a.value) : take_long(f, a.key, a.value);
    if (block == Block::http) f.held |= bit;
    if (block == Block::aws) held_by_aws |= bit;
    bit <<= 1;
  });
  f.segment = is_segment(record);
  // What is read back from the block gives both names the value of the stronger one, and is a call
  // of AWS's. Where that would be wrong, metadata has the last word.
  const bool same = (f.rpc_method.empty() || f.operation.empty() || f.rpc_method == f.operation) &&
                    (f.cloud_region.empty() || f.region.empty() || f.cloud_region == f.region);
  if (f.operation.empty()) f.operation = f.rpc_method;
  if (f.region.empty()) f.region = f.cloud_region;
  if (same && !f.segment && f.rpc_system == kAwsApi) f.held |= held_by_aws;
  return f;
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
