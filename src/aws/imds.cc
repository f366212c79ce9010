// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
#include "aws/imds.h"

#include <fmt/format.h>

#include "core/text.h"
#include "core/url.h"

namespace spawn::aws {
namespace {

using core::Code;

constexpr std::int64_t kTokenSeconds = 21600;  // the longest that is allowed
constexpr core::Nanos kTimeout = std::chrono::seconds(1);

http::Request request_to(std::string url) {
  http::Request request;
  request.url = std::move(url);
  request.connect_timeout = kTimeout;
  request.total_timeout = kTimeout;
  request.max_reply_bytes = 1U << 20;
  request.direct = true;
  return request;
}

}  // namespace

core::Result<std::string> Imds::base_url() const {
  const auto disabled = env_.get_non_empty("AWS_EC2_METADATA_DISABLED");
  if (disabled && core::iequals(core::trim(*disabled), "true")) {
    return core::fail(Code::not_found, "switched off by AWS_EC2_METADATA_DISABLED");
  }
  if (const auto endpoint = env_.get_non_empty("AWS_EC2_METADATA_SERVICE_ENDPOINT")) {
    auto url = core::Url::parse(*endpoint);
    if (!url) {
      return core::fail(std::move(url.error()).while_("AWS_EC2_METADATA_SERVICE_ENDPOINT"));
    }
    std::string base = url->to_string();
    base.erase(base.find_last_not_of('/') + 1);
    return base;
  }
  const auto mode = env_.get_non_empty("AWS_EC2_METADATA_SERVICE_ENDPOINT_MODE");
  const bool v6 = mode && core::iequals(core::trim(*mode), "ipv6");
  return std::string(v6 ? "http://[fd00:ec2::254]" : "http://169.254.169.254");
}

core::Result<core::Secret> Imds::token(const std::string& base) {
  if (!token_.empty() && clock_.steady_ns() < token_ends_steady_ns_) return token_;
  http::Request request = request_to(base + "/latest/api/token");
  request.method = "PUT";
  request.headers = {{"x-aws-ec2-metadata-token-ttl-seconds", std::to_string(kTokenSeconds)}};
  const std::int64_t asked_at = clock_.steady_ns();
  auto reply = client_.send(request);
  if (!reply) return core::fail(std::move(reply.error()).while_("instance metadata"));
  if (reply->status != 200 || reply->body.empty()) {
    return core::fail(Code::unavailable,
                      fmt::format("instance metadata: {} gave no session token (HTTP status {})",
                                  base, reply->status));
  }
  token_ = core::Secret(std::move(reply->body));
  token_ends_steady_ns_ = asked_at + kTokenSeconds * 1'000'000'000;
  return token_;
}

core::Result<std::string> Imds::get(std::string_view path) {
  const auto base = base_url();
  if (!base) return core::fail(base.error());
  // A token that ended early (the instance was moved or restarted) is asked for once more.
  for (int attempt = 1;; ++attempt) {
    const auto session = token(*base);
    if (!session) return core::fail(session.error());
    http::Request request = request_to(*base + std::string(path));
    request.headers = {{"x-aws-ec2-metadata-token", session->reveal()}};
    auto reply = client_.send(request);
    if (!reply) return core::fail(std::move(reply.error()).while_("instance metadata"));
    if (reply->status == 200) return std::move(reply->body);
    if (reply->status == 401 && attempt == 1) {
      token_ = core::Secret();
      continue;
    }
    const Code code = reply->status == 404 ? Code::not_found : Code::unavailable;
    return core::fail(code,
                      fmt::format("instance metadata: {}: HTTP status {}", path, reply->status));
  }
}

}  // namespace spawn::aws
