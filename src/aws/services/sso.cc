// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
#include "aws/services/sso.h"

#include <utility>

#include "aws/protocol/json.h"
#include "core/text.h"

namespace spawn::aws::sso {
namespace {

core::Secret secret_at(const core::Json& object, std::string_view key) {
  return core::Secret(std::string(object.text_at(key)));
}

}  // namespace

const ServiceInfo kPortal{"SSO", "portal.sso", "awsssoportal", "SSO", Protocol::rest_json, true};
const ServiceInfo kOidc{"SSO OIDC", "oidc", "sso-oauth", "SSO_OIDC", Protocol::rest_json, true};

core::Result<Credentials> get_role_credentials(Caller& caller, const Endpoint& endpoint,
                                               const RoleRequest& request,
                                               core::Deadline deadline) {
  Call call = json::make_rest_call(kPortal, endpoint, "GetRoleCredentials",
                                   "/federation/credentials", "", deadline);
  call.method = "GET";
  call.url.query = "role_name=" + core::percent_encode(request.role_name) +
                   "&account_id=" + core::percent_encode(request.account_id);
  call.headers = {{"x-amz-sso_bearer_token", request.access_token.reveal()}};
  const auto reply = json::call_for_object(caller, call);
  if (!reply) return core::fail(reply.error());
  Credentials credentials;
  if (const core::Json* role = reply->find("roleCredentials"); role != nullptr) {
    credentials.access_key_id = role->text_at("accessKeyId");
    credentials.secret_access_key = secret_at(*role, "secretAccessKey");
    credentials.session_token = secret_at(*role, "sessionToken");
    if (const auto in_ms = json::integer_at(*role, "expiration")) {
      credentials.expires_at_ns = *in_ms * 1'000'000;
    }
  }
  if (credentials.access_key_id.empty() || credentials.secret_access_key.empty()) {
    return core::fail(core::Code::protocol,
                      "SSO GetRoleCredentials: the reply holds no credentials");
  }
  return credentials;
}

core::Result<NewToken> create_token(Caller& caller, const Endpoint& endpoint,
                                    const RefreshRequest& request, core::Deadline deadline) {
  json::Object input;
  input.text("grantType", "refresh_token")
      .text("clientId", request.client_id)
      .text("clientSecret", request.client_secret.reveal())
      .text("refreshToken", request.refresh_token.reveal());
  Call call = json::make_rest_call(kOidc, endpoint, "CreateToken", "/token",
                                   std::move(input).take().to_text(), deadline);
  call.idempotent = false;  // a refresh token may be good for one use
  call.hidden = {request.client_secret, request.refresh_token};
  const auto reply = json::call_for_object(caller, call);
  if (!reply) return core::fail(reply.error());
  NewToken token{secret_at(*reply, "accessToken"), secret_at(*reply, "refreshToken"), 0};
  token.expires_in_seconds = json::integer_at(*reply, "expiresIn").value_or(0);
  if (token.access_token.empty() || token.expires_in_seconds <= 0) {
    return core::fail(core::Code::protocol, "SSO OIDC CreateToken: the reply holds no token");
  }
  return token;
}

}  // namespace spawn::aws::sso
