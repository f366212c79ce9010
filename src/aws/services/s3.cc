// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
#include "aws/services/s3.h"

#include <algorithm>

#include "aws/protocol/xml.h"
#include "aws/services/s3_call.h"
#include "core/text.h"

namespace spawn::aws::s3 {
namespace {

std::uint64_t size_in(std::string_view text) {
  const auto size = core::parse_int(text);
  return size && *size >= 0 ? static_cast<std::uint64_t>(*size) : 0;
}

ObjectInfo read_info(const Reply& reply) {
  ObjectInfo info;
  info.size = size_in(http::header(reply.headers, "content-length"));
  info.etag = http::header(reply.headers, "etag");
  info.last_modified = http::header(reply.headers, "last-modified");
  info.content_type = http::header(reply.headers, "content-type");
  constexpr std::string_view kPrefix = "x-amz-meta-";
  for (const auto& [name, value] : reply.headers) {
    std::string lower = core::to_lower(name);
    if (lower.starts_with(kPrefix)) info.metadata[lower.substr(kPrefix.size())] = value;
  }
  return info;
}

// S3 spells keys in lists as forms do, since XML cannot hold every character.
std::string decode_key(std::string text, bool encoded) {
  if (!encoded) return text;
  std::ranges::replace(text, '+', ' ');
  return core::percent_decode(text);
}

std::string list_query(const ListObjects& request) {
  std::string query = "list-type=2&encoding-type=url";
  const auto add = [&](std::string_view name, std::string_view value) {
    if (value.empty()) return;
    query += "&" + std::string(name) + "=" + core::percent_encode(value);
  };
  add("prefix", request.prefix);
  add("delimiter", request.delimiter);
  if (request.max_keys > 0) add("max-keys", std::to_string(request.max_keys));
  add("start-after", request.start_after);
  add("continuation-token", request.next_token);
  return query;
}

}  // namespace

const ServiceInfo kService{"S3", "s3", "s3", "S3", Protocol::rest_xml, false};

core::Result<ObjectInfo> get_object(Caller& caller, const Endpoint& endpoint,
                                    const ObjectName& name, http::BodySink& sink,
                                    core::Deadline deadline) {
  auto call = make_object_call({"GetObject", "GET"}, endpoint, name, deadline);
  if (!call) return core::fail(std::move(call.error()));
  call->body_sink = &sink;
  const auto reply = call_for_reply(caller, *call);
  if (!reply) return core::fail(reply.error());
  ObjectInfo info = read_info(*reply);
  info.size = reply->streamed_bytes;
  return info;
}

core::Result<ObjectInfo> head_object(Caller& caller, const Endpoint& endpoint,
                                     const ObjectName& name, core::Deadline deadline) {
  const auto call = make_object_call({"HeadObject", "HEAD"}, endpoint, name, deadline);
  if (!call) return core::fail(call.error());
  const auto reply = call_for_reply(caller, *call);
  if (!reply) return core::fail(reply.error());
  return read_info(*reply);
}

core::Result<std::string> put_object(Caller& caller, const Endpoint& endpoint,
                                     const NewObject& object, http::BodySource& body,
                                     core::Deadline deadline) {
  auto call = make_object_call({"PutObject", "PUT"}, endpoint, object.name, deadline);
  if (!call) return core::fail(std::move(call.error()));
  if (auto good = add_headers_of(object, *call); !good) return core::fail(std::move(good.error()));
  call->body_source = &body;
  const auto reply = call_for_reply(caller, *call);
  if (!reply) return core::fail(reply.error());
  return std::string(http::header(reply->headers, "etag"));
}

core::Result<ObjectPage> list_objects_v2(Caller& caller, const Endpoint& endpoint,
                                         const ListObjects& request, core::Deadline deadline) {
  const auto call = make_call({"ListObjectsV2", "GET", list_query(request)}, endpoint,
                              {request.bucket, ""}, deadline);
  if (!call) return core::fail(call.error());
  const auto reply = xml::call_for_document(caller, *call, "ListBucketResult");
  if (!reply) return core::fail(reply.error());
  const xml::Element result = reply->root();
  const bool encoded = result.find("EncodingType").text() == "url";
  ObjectPage page;
  result.for_each("Contents", [&](xml::Element item) {
    page.objects.push_back({decode_key(item.text_at("Key"), encoded),
                            size_in(item.find("Size").text()), item.text_at("ETag"),
                            item.text_at("LastModified")});
  });
  result.for_each("CommonPrefixes", [&](xml::Element item) {
    page.common_prefixes.push_back(decode_key(item.text_at("Prefix"), encoded));
  });
  page.next_token = result.text_at("NextContinuationToken");
  return page;
}

}  // namespace spawn::aws::s3
