// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
#include "aws/credentials/container.h"

#include <fmt/format.h>

#include "aws/credentials/json.h"
#include "core/file.h"
#include "core/text.h"
#include "core/url.h"

namespace spawn::aws {
namespace {

using core::Code;

constexpr const char* kRelative = "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI";
constexpr const char* kFull = "AWS_CONTAINER_CREDENTIALS_FULL_URI";
constexpr const char* kTokenFile = "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE";
constexpr const char* kToken = "AWS_CONTAINER_AUTHORIZATION_TOKEN";
constexpr core::Nanos kTimeout = std::chrono::seconds(2);

// "127.x.y.z" with numbers, not a name that begins like it.
bool is_loopback(std::string_view host) {
  if (host == "localhost" || host == "::1") return true;
  return host.starts_with("127.") &&
         host.find_first_not_of("0123456789.") == std::string_view::npos;
}

bool may_be_asked(const core::Url& url) {
  return url.scheme == "https" || is_loopback(url.host) || url.host == "169.254.170.2" ||
         url.host == "169.254.170.23" || url.host == "fd00:ec2::23";
}

core::Result<core::Url> find_url(const core::Env& env) {
  if (const auto path = env.get_non_empty(kRelative)) {
    auto url = core::Url::parse("http://169.254.170.2" + *path);
    if (!path->starts_with('/') || !url) {
      return core::fail(Code::invalid_argument,
                        fmt::format("{}: expected a path that begins with '/'", kRelative));
    }
    return url;
  }
  const auto full = env.get_non_empty(kFull);
  if (!full) return core::fail(Code::not_found, "no container credentials are offered");
  auto url = core::Url::parse(*full);
  if (!url) return core::fail(std::move(url.error()).while_(kFull));
  if (!may_be_asked(*url)) {
    return core::fail(Code::invalid_argument,
                      fmt::format("{}: host '{}' must be asked over https, or be loopback or "
                                  "AWS's own container address",
                                  kFull, url->host));
  }
  return url;
}

core::Result<core::Secret> find_token(const core::Env& env) {
  std::string where = kToken;
  std::string token;
  if (const auto path = env.get_non_empty(kTokenFile)) {
    where = kTokenFile;
    auto text = core::read_file(*path, 64U << 10);
    if (!text) return core::fail(std::move(text.error()).while_(where));
    token = core::trim(*text);
  } else {
    token = env.get_non_empty(kToken).value_or("");
  }
  if (token.find_first_of("\r\n") != std::string::npos) {
    return core::fail(Code::invalid_argument, where + ": the token has a line break in it");
  }
  return core::Secret(std::move(token));
}

}  // namespace

core::Result<Credentials> ContainerCredentials::get() {
  const auto url = find_url(env_);
  if (!url) return core::fail(url.error());
  const auto token = find_token(env_);
  if (!token) return core::fail(token.error());

  http::Request request;
  request.url = url->to_string();
  request.headers = {{"Accept", "application/json"}};
  if (!token->empty()) request.headers.emplace_back("Authorization", token->reveal());
  request.connect_timeout = kTimeout;
  request.total_timeout = kTimeout;
  request.max_reply_bytes = 64U << 10;
  request.direct = true;
  constexpr std::string_view kSource = "container credentials";
  auto reply = client_.send(request);
  if (!reply) return core::fail(std::move(reply.error()).while_(kSource));
  if (reply->status != 200) {
    return core::fail(Code::unauthenticated, fmt::format("{}: {} answered with HTTP status {}",
                                                         kSource, url->authority(), reply->status));
  }
  return parse_credentials_json(reply->body, std::string(kSource));
}

}  // namespace spawn::aws
