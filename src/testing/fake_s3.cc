// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
#include "testing/fake_s3.h"

#include <fmt/format.h>

#include <functional>
#include <utility>

#include "core/text.h"
#include "core/url.h"
#include "testing/fake_aws_replies.h"

namespace spawn::testing {
namespace {

http::Reply empty_reply(int status = 200) {
  http::Reply reply;
  reply.status = status;
  return reply;
}

http::Reply object_reply(const std::string& body) {
  http::Reply reply = empty_reply();
  // No MD5, which clients would compare: a real ETag need not be one either.
  reply.headers = {{"ETag", fmt::format("\"{:016x}-1\"", std::hash<std::string>{}(body))},
                   {"Last-Modified", "Fri, 02 Jan 2026 03:04:05 GMT"}};
  return reply;
}

// "/bucket/key", also of https://bucket.s3.REGION.amazonaws.com/key.
std::string address_of(const core::Url& url) {
  const auto at = url.host.find(".s3.");
  return at == std::string::npos ? url.path : "/" + url.host.substr(0, at) + url.path;
}

http::Headers kept(const http::Headers& sent) {
  http::Headers headers;
  std::string type = "binary/octet-stream";
  for (const auto& [name, value] : sent) {
    const std::string lower = core::to_lower(name);
    if (lower.starts_with("x-amz-meta-")) headers.emplace_back(lower, value);
    if (lower == "content-type") type = value;
  }
  headers.emplace_back("Content-Type", type);
  return headers;
}

std::string escaped(std::string_view text) {
  std::string out;
  for (const char c : text) {
    if (c == '&') {
      out += "&amp;";
    } else if (c == '<') {
      out += "&lt;";
    } else {
      out += c;
    }
  }
  return out;
}

}  // namespace

http::Reply FakeS3::serve(const http::Request& request) {
  const auto url = core::Url::parse(request.url);
  if (!url) return error_reply("s3", 400, "InvalidURI", "no URL");
  const std::string address = address_of(*url);
  const auto slash = address.find('/', 1);
  const bool is_bucket = slash == std::string::npos || slash + 1 == address.size();
  if (request.method == "PUT") {
    if (is_bucket) return empty_reply();
    const std::string body(request.body.view());
    objects_[address] = {body, kept(request.headers)};
    return object_reply(body);
  }
  if (request.method == "DELETE") {
    objects_.erase(address);
    return empty_reply(204);
  }
  if (request.method != "GET" && request.method != "HEAD") {
    return error_reply("s3", 501, "NotImplemented", "not in this fake");
  }
  if (is_bucket) return list(url->query, address.substr(0, slash));
  const auto found = objects_.find(address);
  if (found == objects_.end()) {
    return error_reply("s3", 404, "NoSuchKey", "The specified key does not exist.");
  }
  http::Reply reply = object_reply(found->second.body);
  for (const auto& header : found->second.headers) reply.headers.push_back(header);
  reply.body = found->second.body;  // of a HEAD the server sends the length alone
  return reply;
}

// ListObjectsV2, all on one page.
http::Reply FakeS3::list(const std::string& query, const std::string& bucket) const {
  std::string prefix;
  for (const std::string_view pair : core::split(query, '&')) {
    if (pair.starts_with("prefix=")) prefix = core::percent_decode(pair.substr(7));
  }
  http::Reply reply = empty_reply();
  reply.headers = {{"Content-Type", "application/xml"}};
  reply.body = "<ListBucketResult>";
  for (const auto& [address, object] : objects_) {
    if (!address.starts_with(bucket + "/")) continue;
    const std::string key = core::percent_decode(address.substr(bucket.size() + 1));
    if (!key.starts_with(prefix)) continue;
    reply.body += fmt::format("<Contents><Key>{}</Key><Size>{}</Size></Contents>", escaped(key),
                              object.body.size());
  }
  reply.body += "<IsTruncated>false</IsTruncated></ListBucketResult>";
  return reply;
}

}  // namespace spawn::testing
