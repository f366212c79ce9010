// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
#include "testing/fake_s3.h"

#include <fmt/format.h>

#include <functional>

#include "testing/fake_aws_replies.h"

namespace spawn::testing {
namespace {

http::Reply object_reply(const std::string& object) {
  http::Reply reply;
  reply.status = 200;
  // No MD5, which clients would compare: a real ETag need not be one either.
  reply.headers = {{"ETag", fmt::format("\"{:016x}-1\"", std::hash<std::string>{}(object))},
                   {"Last-Modified", "Fri, 02 Jan 2026 03:04:05 GMT"},
                   {"Content-Type", "binary/octet-stream"}};
  return reply;
}

http::Reply empty_reply() {
  http::Reply reply;
  reply.status = 200;
  return reply;
}

}  // namespace

http::Reply FakeS3::serve(const http::Request& request, const std::string& path) {
  const auto slash = path.find('/', 1);
  const bool is_bucket = slash == std::string::npos || slash + 1 == path.size();
  if (request.method == "PUT") {
    if (is_bucket) return empty_reply();
    objects_[path] = request.body;
    return object_reply(request.body);
  }
  if (request.method != "GET" && request.method != "HEAD") {
    return error_reply("s3", 501, "NotImplemented", "not in this fake");
  }
  if (is_bucket) return empty_reply();
  const auto found = objects_.find(path);
  if (found == objects_.end()) {
    return error_reply("s3", 404, "NoSuchKey", "The specified key does not exist.");
  }
  http::Reply reply = object_reply(found->second);
  reply.body = found->second;  // of a HEAD the server sends the length alone
  return reply;
}

}  // namespace spawn::testing
