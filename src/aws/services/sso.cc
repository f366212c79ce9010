// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
#include "aws/services/sso.h"

#include <utility>

#include "core/json.h"
#include "core/json_write.h"
#include "core/text.h"

namespace spawn::aws::sso {
namespace {

core::Result<core::Json> call_for_json(Caller& caller, const Call& call) {
  auto outcome = caller.call(call);
  if (!outcome) return core::fail(std::move(outcome.error().error));
  auto body = core::Json::parse(outcome->body, 8);
  if (!body || body->object() == nullptr) {
    return core::fail(core::Code::protocol, std::string(call.service->id) + " " + call.operation +
                                                ": the reply is no JSON object");
  }
  return body;
}

Call make_call(const ServiceInfo& service, const Endpoint& endpoint, std::string_view operation,
               std::string_view path, core::Deadline deadline) {
  Call call;
  call.service = &service;
  call.operation = operation;
  call.region = endpoint.region;
  call.url = endpoint.url;
  if (call.url.path.ends_with('/')) call.url.path.pop_back();
  call.url.path += path;
  call.deadline = deadline;
  return call;
}

core::Secret secret_at(const core::Json& object, std::string_view key) {
  return core::Secret(std::string(object.text_at(key)));
}

}  // namespace

const ServiceInfo kPortal{"SSO", "portal.sso", "awsssoportal", "SSO", Protocol::rest_json, true};
const ServiceInfo kOidc{"SSO OIDC", "oidc", "sso-oauth", "SSO_OIDC", Protocol::rest_json, true};

core::Result<Credentials> get_role_credentials(Caller& caller, const Endpoint& endpoint,
                                               const RoleRequest& request,
                                               core::Deadline deadline) {
  Call call =
      make_call(kPortal, endpoint, "GetRoleCredentials", "/federation/credentials", deadline);
  call.method = "GET";
  call.url.query = "role_name=" + core::percent_encode(request.role_name) +
                   "&account_id=" + core::percent_encode(request.account_id);
  call.headers = {{"x-amz-sso_bearer_token", request.access_token.reveal()}};
  const auto reply = call_for_json(caller, call);
  if (!reply) return core::fail(reply.error());
  Credentials credentials;
  if (const core::Json* role = reply->find("roleCredentials"); role != nullptr) {
    credentials.access_key_id = role->text_at("accessKeyId");
    credentials.secret_access_key = secret_at(*role, "secretAccessKey");
    credentials.session_token = secret_at(*role, "sessionToken");
    const core::Json* expiration = role->find("expiration");  // in milliseconds
    if (expiration != nullptr && expiration->integer() != nullptr) {
      credentials.expires_at_ns = *expiration->integer() * 1'000'000;
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
  Call call = make_call(kOidc, endpoint, "CreateToken", "/token", deadline);
  call.headers = {{"Content-Type", "application/json"}};
  call.idempotent = false;  // a refresh token may be good for one use
  call.hidden = {request.client_secret, request.refresh_token};
  core::CharBuffer buffer;
  core::JsonWriter out(buffer);
  out.lit<R"({"grantType":"refresh_token","clientId":)">();
  out.string(core::repair_utf8(request.client_id));
  out.lit<R"(,"clientSecret":)">();
  out.string(core::repair_utf8(request.client_secret.reveal()));
  out.lit<R"(,"refreshToken":)">();
  out.string(core::repair_utf8(request.refresh_token.reveal()));
  out.lit<"}">();
  call.body = buffer.view();
  const auto reply = call_for_json(caller, call);
  if (!reply) return core::fail(reply.error());
  NewToken token{secret_at(*reply, "accessToken"), secret_at(*reply, "refreshToken"), 0};
  const core::Json* expires_in = reply->find("expiresIn");
  if (expires_in != nullptr && expires_in->integer() != nullptr) {
    token.expires_in_seconds = *expires_in->integer();
  }
  if (token.access_token.empty() || token.expires_in_seconds <= 0) {
    return core::fail(core::Code::protocol, "SSO OIDC CreateToken: the reply holds no token");
  }
  return token;
}

}  // namespace spawn::aws::sso
