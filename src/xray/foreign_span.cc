// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
#include "xray/foreign_span.h"

#include <algorithm>
#include <array>
#include <iterator>
#include <string>
#include <utility>

#include "trace/attributes.h"
#include "trace/json_value.h"

namespace spawn::xray {
namespace {

namespace key = trace::key;
using core::Json;
using trace::SpanRecord;

bool is_true(const Json& document, std::string_view name) {
  const Json* flag = document.find(name);
  return flag != nullptr && flag->boolean() != nullptr && *flag->boolean();
}

void set_json(SpanRecord& record, std::string_view name, const Json* value) {
  if (value == nullptr) return;
  if (const auto owned = trace::to_attribute_value(*value)) record.set(name, *owned);
}

void read_http(const Json& document, SpanRecord& record) {
  const Json* http = document.find("http");
  if (http == nullptr) return;
  if (const Json* request = http->find("request")) {
    set_json(record, key::kHttpMethod, request->find("method"));
    set_json(record, key::kUrlFull, request->find("url"));
    set_json(record, key::kUserAgent, request->find("user_agent"));
    set_json(record, "client.address", request->find("client_ip"));
  }
  if (const Json* response = http->find("response")) {
    set_json(record, key::kHttpStatus, response->find("status"));
    set_json(record, "http.response.body.size", response->find("content_length"));
  }
}

// The members of the aws block that are attributes by another name, or by two.
struct AwsMember {
  std::string_view name;
  std::string_view attribute;
  std::string_view second;
};
constexpr AwsMember kAwsMembers[] = {{"operation", key::kAwsOperation, key::kRpcMethod},
                                     {"region", key::kAwsRegion, key::kCloudRegion},
                                     {"id_2", key::kAwsExtendedRequestId, {}},
                                     {"bucket_name", "aws.s3.bucket", {}},
                                     {"key", "aws.s3.key", {}},
                                     {"queue_url", "aws.sqs.queue.url", {}},
                                     {"table_names", "aws.dynamodb.table_names", {}}};

void read_aws(const Json& document, SpanRecord& record) {
  if (document.text_at("namespace") == "aws") {
    record.set(key::kRpcSystem, "aws-api");
    record.set(key::kRpcService, document.text_at("name"));
  }
  const Json* aws = document.find("aws");
  if (aws == nullptr || aws->object() == nullptr) return;
  for (const auto& [name, value] : *aws->object()) {
    if (value.object() != nullptr) continue;  // about the process: foreign_resource()
    if (name == "retries") {
      if (const std::int64_t* count = value.integer()) {
        record.set(key::kAwsAttempts, *count + 1);
      }
      continue;
    }
    const auto known = std::ranges::find(kAwsMembers, name, &AwsMember::name);
    if (known == std::end(kAwsMembers)) {
      set_json(record, "aws." + name, &value);
      continue;
    }
    set_json(record, known->attribute, &value);
    if (!known->second.empty()) set_json(record, known->second, &value);
  }
}

void read_extras(const Json& document, SpanRecord& record) {
  const Json* annotations = document.find("annotations");
  if (annotations != nullptr && annotations->object() != nullptr) {
    for (const auto& [name, value] : *annotations->object()) set_json(record, name, &value);
  }
  const Json* metadata = document.find("metadata");
  if (metadata == nullptr || metadata->object() == nullptr) return;
  for (const auto& [space, members] : *metadata->object()) {
    if (members.object() == nullptr) {
      set_json(record, space, &members);
      continue;
    }
    for (const auto& [name, value] : *members.object()) {
      if (name.starts_with("otel.resource.")) continue;
      set_json(record, space == "default" ? name : space + "." + name, &value);
    }
  }
}

// The first exception names the error.
void read_failure(const Json& document, SpanRecord& record) {
  std::string type;
  std::string message;
  const Json* cause = document.find("cause");
  const Json* exceptions = cause == nullptr ? nullptr : cause->find("exceptions");
  if (exceptions != nullptr && exceptions->array() != nullptr) {
    for (const Json& exception : *exceptions->array()) {
      record.add_event("exception", record.end_ns);
      for (const auto* name : {"type", "message"}) {
        const std::string text(exception.text_at(name));
        if (!text.empty()) record.set_on_last(std::string("exception.") + name, text);
      }
      if (type.empty()) type = exception.text_at("type");
      if (message.empty()) message = exception.text_at("message");
    }
  }
  if (!type.empty() && !record.find(key::kErrorType)) record.set(key::kErrorType, type);
  if (is_true(document, "error") || is_true(document, "fault") || is_true(document, "throttle")) {
    record.set_status(trace::StatusCode::error, message);
  }
}

}  // namespace

void read_blocks(const Json& document, SpanRecord& record) {
  read_http(document, record);
  read_aws(document, record);
}

void read_foreign(const Json& document, bool subsegment, SpanRecord& record) {
  const std::string name(document.text_at("name"));
  const std::string_view space = document.text_at("namespace");
  const Json* aws = document.find("aws");
  const std::string_view operation =
      aws == nullptr ? std::string_view() : aws->text_at("operation");
  record.set_name(space == "aws" && !operation.empty() ? name + "." + std::string(operation)
                                                       : name);
  record.kind = !subsegment                           ? trace::SpanKind::server
                : space == "aws" || space == "remote" ? trace::SpanKind::client
                                                      : trace::SpanKind::internal;
  record.parent_remote = !subsegment && record.parent_id.valid();
  read_extras(document, record);
  read_blocks(document, record);
  read_failure(document, record);
}

trace::Resource foreign_resource(const Json& segment) {
  trace::Resource resource;
  const auto take = [&](const Json* from, std::string_view name, std::string_view as) {
    const Json* value = from == nullptr ? nullptr : from->find(name);
    if (value == nullptr) return;
    if (auto owned = trace::to_attribute_value(*value)) resource.set(as, *std::move(owned));
  };
  take(&segment, "name", key::kServiceName);
  take(segment.find("service"), "version", key::kServiceVersion);
  if (segment.text_at("origin") == "AWS::EC2::Instance") {
    resource.set(key::kCloudProvider, std::string("aws"));
    resource.set(key::kCloudPlatform, std::string("aws_ec2"));
  }
  if (const Json* aws = segment.find("aws")) {
    take(aws, "account_id", key::kCloudAccountId);
    const Json* ec2 = aws->find("ec2");
    take(ec2, "instance_id", key::kHostId);
    take(ec2, "instance_size", key::kHostType);
    take(ec2, "ami_id", key::kHostImageId);
    take(ec2, "availability_zone", key::kCloudZone);
    take(aws->find("xray"), "sdk", key::kSdkName);
    take(aws->find("xray"), "sdk_version", key::kSdkVersion);
  }
  return resource;
}

}  // namespace spawn::xray
