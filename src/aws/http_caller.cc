// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
#include "aws/http_caller.h"

#include <algorithm>

#include "aws/errors.h"
#include "aws/user_agent.h"

namespace spawn::aws {

Outcome HttpCaller::call(const Call& call) {
  const core::Nanos left = call.deadline.remaining(clock_);
  if (left.count() == 0) {
    return tl::unexpected(
        failure_without_reply(call, {core::Code::timeout, "no time was left to send it"}));
  }
  http::Request request;
  request.method = call.method;
  request.url = call.url.to_string();
  request.headers = call.headers;
  if (http::header(request.headers, "user-agent").empty()) {
    request.headers.emplace_back("User-Agent", with_trace(user_agent_, call.headers));
  }
  request.body = call.body;
  request.connect_timeout = std::min(request.connect_timeout, left);
  request.total_timeout = std::min(request.total_timeout, left);

  auto got = client_.send(request);
  if (!got) return tl::unexpected(failure_without_reply(call, std::move(got.error())));
  if (got->status < 200 || got->status > 299) {
    return tl::unexpected(failure_of_reply(call, *got, clock_.now().wall_ns));
  }
  RequestIds ids = request_ids(got->headers);
  Reply reply;
  reply.status = got->status;
  reply.headers = std::move(got->headers);
  reply.body = std::move(got->body);
  reply.request_id = std::move(ids.id);
  reply.extended_request_id = std::move(ids.extended);
  reply.timings = got->timings;
  reply.peer_address = std::move(got->peer_address);
  return reply;
}

}  // namespace spawn::aws
