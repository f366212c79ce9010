// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
#include "aws/credentials/json.h"

#include "aws/timestamp.h"
#include "core/json.h"

namespace spawn::aws {

core::Result<Credentials> parse_credentials_json(std::string_view text, std::string source) {
  using core::Code;
  const auto json = core::Json::parse(text, 8);
  if (!json || json->object() == nullptr) {
    return core::fail(Code::protocol, source + ": expected credentials as a JSON object");
  }
  Credentials credentials;
  credentials.access_key_id = json->text_at("AccessKeyId");
  credentials.secret_access_key = core::Secret(std::string(json->text_at("SecretAccessKey")));
  const std::string_view token = json->text_at("SessionToken");
  credentials.session_token =
      core::Secret(std::string(token.empty() ? json->text_at("Token") : token));
  if (credentials.access_key_id.empty() || credentials.secret_access_key.empty()) {
    return core::fail(Code::protocol, source + ": AccessKeyId or SecretAccessKey is missing");
  }
  if (const std::string_view expiration = json->text_at("Expiration"); !expiration.empty()) {
    credentials.expires_at_ns = parse_iso8601(expiration);
    if (!credentials.expires_at_ns) {
      return core::fail(Code::protocol,
                        source + ": Expiration is no time such as 2026-01-02T03:04:05Z");
    }
  }
  credentials.source = std::move(source);
  return credentials;
}

}  // namespace spawn::aws
