// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
//
// A request as the handlers of this room see it, and what they answer: http::Reply, or events as
// they happen. Pure; http_server.h knows sockets.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/json.h"
#include "http/client.h"

namespace spawn::server {

struct Request {
  std::string method;
  std::string path;                                        // decoded, without the query
  std::vector<std::pair<std::string, std::string>> query;  // decoded
  http::Headers headers;
  std::string body;  // decompressed

  // "" when absent.
  [[nodiscard]] std::string_view parameter(std::string_view name) const;
};

// Appends what there is to send; may wait up to a second. False: nothing will follow.
using Events = std::function<bool(std::string& to)>;

struct Answer {
  http::Reply reply;
  Events events;  // instead of reply.body

  Answer(http::Reply whole) : reply(std::move(whole)) {}  // NOLINT(google-explicit-constructor)
  Answer(http::Reply head, Events following)
      : reply(std::move(head)), events(std::move(following)) {}
};

using Handler = std::function<Answer(const Request&)>;

http::Reply json_reply(std::string body, int status = 200);
http::Reply json_reply(core::Json::Object body);
// As AWS's rest-json services say it: {"message": …} and x-amzn-ErrorType.
http::Reply aws_error(int status, std::string_view type, std::string_view message);
http::Reply invalid_request(std::string_view message);  // InvalidRequestException, 400
// An Error of ours, for X-Ray's clients: 5xx where trying again may help.
http::Reply aws_error(const core::Error& error);

}  // namespace spawn::server
