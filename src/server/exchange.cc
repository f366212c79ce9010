// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
#include "server/exchange.h"

#include "core/text.h"

namespace spawn::server {

std::string_view Request::parameter(std::string_view name) const {
  for (const auto& [key, value] : query) {
    if (key == name) return value;
  }
  return {};
}

http::Reply json_reply(std::string body, int status) {
  http::Reply reply;
  reply.status = status;
  reply.headers = {{"Content-Type", "application/json"}};
  reply.body = std::move(body);
  return reply;
}

http::Reply json_reply(core::Json::Object body) {
  return json_reply(core::Json(std::move(body)).to_text());
}

http::Reply aws_error(int status, std::string_view type, std::string_view message) {
  core::Json::Object body;
  body.emplace_back("message", core::Json(core::repair_utf8(message)));
  http::Reply reply = json_reply(core::Json(std::move(body)).to_text(), status);
  reply.headers.emplace_back("x-amzn-ErrorType", type);
  return reply;
}

http::Reply invalid_request(std::string_view message) {
  return aws_error(400, "InvalidRequestException", message);
}

http::Reply aws_error(const core::Error& error) {
  switch (error.code) {
    case core::Code::invalid_argument:
      return invalid_request(error.message);
    case core::Code::not_found:
      return aws_error(404, "ResourceNotFoundException", error.message);
    case core::Code::unavailable:
    case core::Code::timeout:
      return aws_error(503, "ServiceUnavailableException", error.message);
    default:
      return aws_error(500, "InternalFailure", error.message);
  }
}

}  // namespace spawn::server
