// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
#include "testing/fake_imds.h"

#include "core/text.h"

namespace spawn::testing {
namespace {

http::Reply plain_reply(int status, std::string text) {
  http::Reply reply;
  reply.status = status;
  reply.headers = {{"Content-Type", "text/plain"}, {"Server", "EC2ws"}};
  reply.body = std::move(text);
  return reply;
}

}  // namespace

http::Reply FakeImds::serve(const http::Request& request, std::string_view path) {
  path.remove_prefix(std::string_view("/latest").size());
  if (path == "/api/token") {
    const auto lives =
        core::parse_int(http::header(request.headers, "X-aws-ec2-metadata-token-ttl-seconds"));
    if (request.method != "PUT" || !lives || *lives < 1 || *lives > 21600) {
      return plain_reply(400, "Bad Request");
    }
    token_ = "token-of-the-fake";
    return plain_reply(200, token_);
  }
  const std::string_view token = http::header(request.headers, "X-aws-ec2-metadata-token");
  if (token.empty() || token != token_) return plain_reply(401, "Unauthorized");
  const auto text = texts_.find(path);
  return text == texts_.end() ? plain_reply(404, "Not Found") : plain_reply(200, text->second);
}

}  // namespace spawn::testing
