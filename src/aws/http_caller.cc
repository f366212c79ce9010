// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
#include "aws/http_caller.h"

#include <algorithm>

#include "aws/errors.h"
#include "aws/user_agent.h"

namespace spawn::aws {
namespace {

// Passes on, and counts for the span.
class CountingSink final : public http::BodySink {
 public:
  explicit CountingSink(http::BodySink* inner) : inner_(inner) {}

  core::Status write(std::string_view bytes) override {
    bytes_ += bytes.size();
    return inner_->write(bytes);
  }
  bool restart() override { return inner_->restart(); }
  [[nodiscard]] std::uint64_t bytes() const { return bytes_; }

 private:
  http::BodySink* inner_;
  std::uint64_t bytes_ = 0;
};

}  // namespace

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
  CountingSink sink(call.body_sink);
  request.body_source = call.body_source;
  if (call.body_sink != nullptr) request.body_sink = &sink;
  request.connect_timeout = std::min(request.connect_timeout, left);
  // A large body takes as long as it takes, while it moves.
  request.total_timeout = request.streamed() ? left : std::min(request.total_timeout, left);

  auto got = client_.send(request);
  if (!got) {
    Failure failure = failure_without_reply(call, std::move(got.error()));
    failure.streamed_bytes = sink.bytes();
    if (sink.bytes() > 0 && !sink.restart()) failure.retryable = false;
    return tl::unexpected(std::move(failure));
  }
  if (got->status < 200 || got->status > 299 || is_error_in_good_reply(call, *got)) {
    return tl::unexpected(failure_of_reply(call, *got, clock_.now().wall_ns));
  }
  RequestIds ids = request_ids(got->headers);
  Reply reply;
  reply.status = got->status;
  reply.headers = std::move(got->headers);
  reply.body = std::move(got->body);
  reply.streamed_bytes = sink.bytes();
  reply.request_id = std::move(ids.id);
  reply.extended_request_id = std::move(ids.extended);
  reply.timings = got->timings;
  reply.peer_address = std::move(got->peer_address);
  return reply;
}

}  // namespace spawn::aws
