// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
//
// Records and resources that the tests of this room share.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "core/json.h"
#include "trace/attributes.h"
#include "trace/span_record.h"
#include "xray/document.h"
#include "xray/forest.h"

namespace spawn::xray {

inline trace::Resource spawn_resource() {
  trace::Resource resource;
  resource.set(trace::key::kServiceName, std::string("spawn"));
  resource.set(trace::key::kServiceVersion, std::string("1.2.3"));
  return resource;
}

// A finished client span S3.PutObject below a parent in this process.
inline trace::SpanRecord put_object(const trace::Resource& resource) {
  trace::SpanRecord record;
  record.trace_id = {0x692F'1A2B'0102'0304U, 0x1122'3344'5566'7788U};
  record.span_id = {0x0011'2233'4455'6677U};
  record.parent_id = {0x8899'AABB'CCDD'EEFFU};
  record.start_ns = 1'767'323'045'123'456'000;
  record.end_ns = record.start_ns + 34'567'000;
  record.resource = &resource;
  record.kind = trace::SpanKind::client;
  record.set_name("S3.PutObject");
  record.set(trace::key::kAwsService, "s3");
  record.set(trace::key::kAwsOperation, "PutObject");
  record.set(trace::key::kAwsRegion, "eu-west-1");
  record.set(trace::key::kAwsRequestId, "REQ1");
  record.set(trace::key::kRpcSystem, "aws-api");
  record.set(trace::key::kRpcService, "S3");
  record.set(trace::key::kError, false);
  record.set(trace::key::kHttpStatus, 200);
  return record;
}

inline std::string document_text(const trace::SpanRecord& record) {
  core::CharBuffer buffer;
  core::JsonWriter out(buffer);
  write_document(record, out);
  return std::string(buffer.view());
}

// The documents of a trace's spans, trees in one, out of the string that they are sent in.
inline std::vector<std::string> tree_documents(std::span<const trace::SpanRecord> spans) {
  std::vector<std::string> documents;
  Forest forest;
  forest.plant(spans, false, {});
  for (std::size_t i = 0; i < forest.roots().size(); ++i) {
    core::CharBuffer buffer;
    core::NestedJsonWriter out(buffer);
    buffer.append("\"");
    write_tree(forest, forest.roots()[i], out);
    buffer.append("\"");
    auto text = core::Json::parse(buffer.view());
    SPAWN_CHECK(text.has_value() && text->string() != nullptr);
    documents.push_back(*text->string());
  }
  return documents;
}

inline core::Json document(const trace::SpanRecord& record) {
  auto parsed = core::Json::parse(document_text(record));
  SPAWN_CHECK(parsed.has_value());
  return std::move(*parsed);
}

// doc.at("aws", "operation"): a member by its path, null when it is not there.
template <typename... Keys>
const core::Json* at(const core::Json& json, Keys... keys) {
  const core::Json* member = &json;
  ((member = member == nullptr ? nullptr : member->find(keys)), ...);
  return member;
}

}  // namespace spawn::xray
