// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
#include "aws/credentials/sso_token.h"

#include <chrono>
#include <cstdint>
#include <optional>
#include <utility>

#include "aws/services/sso.h"
#include "aws/sigv4.h"
#include "aws/stack.h"
#include "aws/timestamp.h"
#include "core/file.h"
#include "core/json.h"
#include "core/json_write.h"
#include "core/text.h"
#include "core/time_text.h"

namespace spawn::aws {
namespace {

using core::Code;

constexpr core::Nanos kRenewAhead = std::chrono::minutes(15);

// "2026-01-02T03:04:05Z"; older versions of the CLI wrote "UTC" for "Z".
std::optional<std::int64_t> parse_expiry(std::string_view text) {
  if (!text.ends_with("UTC")) return parse_iso8601(text);
  return parse_iso8601(std::string(text.substr(0, text.size() - 3)) + "Z");
}

struct CachedToken {
  core::Secret access_token;
  std::int64_t expires_at_ns = 0;
  // To renew it; empty when the login did not allow that.
  std::string client_id;
  core::Secret client_secret;
  core::Secret refresh_token;
  std::string registration_expires_at;
};

core::Result<CachedToken> read_token(const std::string& path) {
  const auto text = core::read_file(path, 1U << 20);
  if (!text) {
    if (text.error().code != Code::not_found) return core::fail(text.error());
    return core::fail(Code::unauthenticated, "nobody has logged in");
  }
  const auto json = core::Json::parse(*text, 8);
  const auto expiry = json ? parse_expiry(json->text_at("expiresAt")) : std::nullopt;
  if (!expiry || json->text_at("accessToken").empty()) {
    return core::fail(Code::unauthenticated, path + " holds no login token");
  }
  const auto secret = [&](std::string_view key) {
    return core::Secret(std::string(json->text_at(key)));
  };
  return CachedToken{secret("accessToken"),
                     *expiry,
                     std::string(json->text_at("clientId")),
                     secret("clientSecret"),
                     secret("refreshToken"),
                     std::string(json->text_at("registrationExpiresAt"))};
}

bool is_renewable(const CachedToken& token, std::int64_t now_ns) {
  const auto registered_until = parse_expiry(token.registration_expires_at);
  return !token.refresh_token.empty() && !token.client_id.empty() && !token.client_secret.empty() &&
         registered_until && *registered_until > now_ns;
}

// With the fields and names that the AWS CLI and the SDKs write.
std::string file_text(const SsoLogin& login, const CachedToken& token) {
  core::CharBuffer buffer;
  core::JsonWriter out(buffer);
  const auto text = [&](std::string_view value) { out.string(core::repair_utf8(value)); };
  // Whole seconds: not every reader of this file knows more.
  const std::string expires_at = core::rfc3339(token.expires_at_ns).substr(0, 19) + "Z";
  out.lit<R"({"startUrl": )">();
  text(login.start_url);
  out.lit<R"(, "region": )">();
  text(login.region);
  out.lit<R"(, "accessToken": )">();
  text(token.access_token.reveal());
  out.lit<R"(, "expiresAt": )">();
  text(expires_at);
  out.lit<R"(, "clientId": )">();
  text(token.client_id);
  out.lit<R"(, "clientSecret": )">();
  text(token.client_secret.reveal());
  out.lit<R"(, "registrationExpiresAt": )">();
  text(token.registration_expires_at);
  if (!token.refresh_token.empty()) {
    out.lit<R"(, "refreshToken": )">();
    text(token.refresh_token.reveal());
  }
  out.lit<"}">();
  return std::string(buffer.view());
}

core::Status renew(const SourceParts& parts, const SsoLogin& login, CachedToken& token) {
  const auto endpoint = parts.endpoint(sso::kOidc, login.region);
  if (!endpoint) return core::fail(endpoint.error());
  const auto caller = make_unsigned_stack(parts.client, parts.clock, parts.rng);
  auto fresh = sso::create_token(*caller, *endpoint,
                                 {token.client_id, token.client_secret, token.refresh_token},
                                 parts.deadline());
  if (!fresh) return core::fail(std::move(fresh.error()));
  token.access_token = std::move(fresh->access_token);
  token.refresh_token = std::move(fresh->refresh_token);
  token.expires_at_ns = parts.clock.now().wall_ns +
                        core::Nanos(std::chrono::seconds(fresh->expires_in_seconds)).count();
  return core::ok();
}

}  // namespace

core::Result<core::Secret> sso_token(const SourceParts& parts, const SsoLogin& login) {
  const std::string home = parts.env.get_non_empty("HOME").value_or("");
  const std::string path =
      home + "/.aws/sso/cache/" +
      sigv4::sha1_hex(login.session.empty() ? login.start_url : login.session) + ".json";
  auto token = read_token(path);
  if (!token) return core::fail(std::move(token.error()));
  const std::int64_t now = parts.clock.now().wall_ns;
  const bool ends_soon = token->expires_at_ns - now < kRenewAhead.count();
  if (ends_soon && !login.session.empty() && is_renewable(*token, now) &&
      renew(parts, login, *token)) {
    // What cannot be kept is good for this run all the same.
    (void)core::write_private_file(path, file_text(login, *token));
  }
  if (token->expires_at_ns <= now)
    return core::fail(Code::unauthenticated, "the login has expired");
  return std::move(token->access_token);
}

}  // namespace spawn::aws
