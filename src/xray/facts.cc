// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
#include "xray/facts.h"

#include <algorithm>
#include <cmath>
#include <optional>
#include <string>
#include <unordered_set>
#include <utility>

#include "core/json_write.h"
#include "xray/document.h"
#include "xray/to_span.h"

namespace spawn::xray {
namespace {

using core::Json;
using trace::SegmentFacts;

// As deep as a document can be nested at all (parse_document).
void add(const Json& document, const trace::SpanId* around, std::vector<SegmentFacts>& facts);

// AWS's resources that are nodes of their own, by the member of the aws block
// that names them.
struct ResourceNode {
  std::string_view member;
  std::string_view type;
};
constexpr ResourceNode kResourceNodes[] = {
    {"table_name", "AWS::DynamoDB::Table"},  {"bucket_name", "AWS::S3::Bucket"},
    {"queue_url", "AWS::SQS::Queue"},        {"topic_arn", "AWS::SNS::Topic"},
    {"stream_name", "AWS::Kinesis::Stream"}, {"function_name", "AWS::Lambda::Function"}};

// Member by member: at(document, "http", "request").
const Json* at(const Json& document) { return &document; }
template <typename... Names>
const Json* at(const Json& document, std::string_view name, Names... names) {
  const Json* member = document.find(name);
  return member == nullptr ? nullptr : at(*member, names...);
}
template <typename... Names>
std::string text_at(const Json& document, Names... names) {
  const Json* member = at(document, std::string_view(names)...);
  return member == nullptr || member->string() == nullptr ? "" : *member->string();
}
bool is_true(const Json& document, std::string_view name) {
  const Json* flag = document.find(name);
  return flag != nullptr && flag->boolean() != nullptr && *flag->boolean();
}

// Seconds → nanoseconds, of which a double keeps no more than the microseconds.
std::optional<std::int64_t> time_at(const Json& document, std::string_view name) {
  const Json* value = document.find(name);
  const auto seconds = value == nullptr ? std::nullopt : value->number();
  if (!seconds || !(*seconds >= 0 && *seconds < 9e9)) return std::nullopt;
  return std::llround(*seconds * 1e6) * 1000;
}

bool read_identity(const Json& document, const trace::SpanId* around, SegmentFacts& facts) {
  const auto id = trace::SpanId::from_hex(document.text_at("id"), true);
  const auto start = time_at(document, "start_time");
  if (!id || !start) return false;
  facts.id = *id;
  const auto parent = trace::SpanId::from_hex(document.text_at("parent_id"), true);
  if (parent) facts.parent_id = *parent;
  if (!parent && around != nullptr) facts.parent_id = *around;
  facts.segment = around == nullptr && document.text_at("type") != "subsegment";
  facts.start_ns = *start;
  const auto end = time_at(document, "end_time");
  facts.in_progress = !end;
  facts.end_ns = std::max(*start, end.value_or(*start));
  return true;
}

void name_call(const Json& document, SegmentFacts& facts) {
  const std::string_view space = document.text_at("namespace");
  facts.aws_call = space == "aws";
  facts.call = facts.aws_call || space == "remote";
  if (!facts.call) return;
  facts.type = facts.aws_call ? "AWS::" + facts.name : "remote";
  if (!facts.aws_call) return;
  for (const auto& [member, type] : kResourceNodes) {
    std::string resource = text_at(document, "aws", member);
    if (resource.empty()) continue;
    facts.alias = std::exchange(facts.name, std::move(resource));
    facts.type = type;
    return;
  }
}

void name_service(const Json& document, SegmentFacts& facts) {
  facts.name = document.text_at("name");
  if (facts.segment) {
    facts.type = document.text_at("origin");
  } else {
    name_call(document, facts);
  }
  facts.span_name = text_at(document, "metadata", "spawn", "name");
  facts.no_span = at(document, "metadata", "spawn", "around") != nullptr;
  if (facts.span_name.empty()) {
    const std::string operation = text_at(document, "aws", "operation");
    facts.span_name = document.text_at("name");
    if (facts.aws_call && !operation.empty()) facts.span_name += "." + operation;
  }
}

void read_http(const Json& document, trace::HttpFacts& http) {
  const Json* request = at(document, "http", "request");
  if (request != nullptr) {
    http.url = request->text_at("url");
    http.method = request->text_at("method");
    http.user_agent = request->text_at("user_agent");
    http.client_ip = request->text_at("client_ip");
  }
  const Json* status = at(document, "http", "response", "status");
  if (status != nullptr && status->integer() != nullptr) http.status = *status->integer();
}

void read_place(const Json& document, SegmentFacts& facts) {
  facts.account_id = text_at(document, "aws", "account_id");
  facts.instance_id = text_at(document, "aws", "ec2", "instance_id");
  facts.resource_arn = document.text_at("resource_arn");
  facts.availability_zone = text_at(document, "aws", "ec2", "availability_zone");
  if (facts.availability_zone.empty()) {
    facts.availability_zone = text_at(document, "aws", "ecs", "availability_zone");
  }
}

void read_annotations(const Json& document, SegmentFacts& facts) {
  const Json* annotations = document.find("annotations");
  if (annotations == nullptr || annotations->object() == nullptr) return;
  for (const auto& [key, value] : *annotations->object()) {
    if (value.string() != nullptr) facts.annotations.emplace_back(key, *value.string());
    if (value.boolean() != nullptr) facts.annotations.emplace_back(key, *value.boolean());
    if (const auto number = value.number()) facts.annotations.emplace_back(key, *number);
  }
}

void read_exceptions(const Json& document, SegmentFacts& facts) {
  const Json* exceptions = at(document, "cause", "exceptions");
  if (exceptions == nullptr || exceptions->array() == nullptr) return;
  for (const Json& exception : *exceptions->array()) {
    facts.exceptions.push_back(
        {std::string(exception.text_at("type")), std::string(exception.text_at("message"))});
  }
}

void add(const Json& document, const trace::SpanId* around, std::vector<SegmentFacts>& facts) {
  SegmentFacts own;
  if (document.object() == nullptr || !read_identity(document, around, own)) return;
  name_service(document, own);
  own.error = is_true(document, "error");
  own.fault = is_true(document, "fault");
  own.throttle = is_true(document, "throttle");
  own.user = document.text_at("user");
  read_http(document, own.http);
  read_place(document, own);
  read_annotations(document, own);
  read_exceptions(document, own);
  const trace::SpanId id = own.id;
  facts.push_back(std::move(own));
  const Json* subsegments = document.find("subsegments");
  if (subsegments == nullptr || subsegments->array() == nullptr) return;
  for (const Json& subsegment : *subsegments->array()) add(subsegment, &id, facts);
}

}  // namespace

void add_facts(const core::Json& document, std::vector<trace::SegmentFacts>& facts) {
  add(document, nullptr, facts);
}

std::vector<trace::SegmentFacts> facts_of(const std::vector<trace::SpanRecord>& spans) {
  std::vector<SegmentFacts> facts;
  core::CharBuffer text;
  core::JsonWriter out(text);
  for (const trace::SpanRecord& span : spans) {
    text.clear();
    write_document(span, out);
    const auto document = parse_document(text.view());
    if (document) add(*document, nullptr, facts);
  }
  return facts;
}

std::vector<trace::SegmentFacts> facts_of(const std::vector<trace::SpanRecord>& spans,
                                          const std::vector<std::string_view>& documents) {
  if (documents.empty()) return facts_of(spans);
  std::vector<SegmentFacts> facts;
  for (const std::string_view text : documents) {
    if (const auto document = parse_document(text)) add_facts(*document, facts);
  }
  std::unordered_set<trace::SpanId> told;
  for (const SegmentFacts& fact : facts) told.insert(fact.id);
  std::vector<trace::SpanRecord> others;
  for (const trace::SpanRecord& span : spans) {
    if (!told.contains(span.span_id)) others.emplace_back().copy_from(span);
  }
  for (SegmentFacts& fact : facts_of(others)) facts.push_back(std::move(fact));
  return facts;
}

}  // namespace spawn::xray
