// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
#include "aws/services/sts.h"

#include "aws/protocol/query.h"
#include "aws/protocol/xml.h"
#include "aws/timestamp.h"

namespace spawn::aws::sts {
namespace {

constexpr std::string_view kVersion = "2011-06-15";

core::Result<Credentials> call_for_credentials(Caller& caller, const Call& call) {
  const auto reply = xml::call_for_document(caller, call, call.operation + "Response");
  if (!reply) return core::fail(reply.error());
  const xml::Element from = reply->root().find(call.operation + "Result").find("Credentials");
  Credentials credentials{std::string(from.text_at("AccessKeyId")),
                          core::Secret(std::string(from.text_at("SecretAccessKey"))),
                          core::Secret(std::string(from.text_at("SessionToken"))),
                          parse_iso8601(from.text_at("Expiration")),
                          {}};
  if (credentials.access_key_id.empty() || credentials.secret_access_key.empty() ||
      !credentials.expires_at_ns) {
    return core::fail(core::Code::protocol,
                      "STS " + call.operation + ": the reply holds no credentials");
  }
  return credentials;
}

}  // namespace

const ServiceInfo kService{"STS", "sts", "sts", "STS", Protocol::query, true};

core::Result<CallerIdentity> get_caller_identity(Caller& caller, const Endpoint& endpoint,
                                                 core::Deadline deadline) {
  const Call call = query::make_call(kService, endpoint,
                                     query::Form("GetCallerIdentity", "2011-06-15"), deadline);
  const auto reply = xml::call_for_document(caller, call, "GetCallerIdentityResponse");
  if (!reply) return core::fail(reply.error());
  const xml::Element result = reply->root().find("GetCallerIdentityResult");
  CallerIdentity identity{result.text_at("Account"), result.text_at("Arn"),
                          result.text_at("UserId")};
  if (identity.account.empty() || identity.arn.empty()) {
    return core::fail(core::Code::protocol,
                      "STS GetCallerIdentity: the reply names no account and ARN");
  }
  return identity;
}

core::Result<Credentials> assume_role(Caller& caller, const Endpoint& endpoint,
                                      const AssumeRole& request, core::Deadline deadline) {
  query::Form form("AssumeRole", kVersion);
  form.text("RoleArn", request.role_arn)
      .text("RoleSessionName", request.session_name)
      .text_if("ExternalId", request.external_id);
  if (request.duration_seconds) form.integer("DurationSeconds", *request.duration_seconds);
  return call_for_credentials(caller, query::make_call(kService, endpoint, form, deadline));
}

core::Result<Credentials> assume_role_with_web_identity(Caller& caller, const Endpoint& endpoint,
                                                        const AssumeRoleWithWebIdentity& request,
                                                        core::Deadline deadline) {
  query::Form form("AssumeRoleWithWebIdentity", kVersion);
  form.text("RoleArn", request.role_arn)
      .text("RoleSessionName", request.session_name)
      .text("WebIdentityToken", request.token.reveal());
  Call call = query::make_call(kService, endpoint, form, deadline);
  call.hidden = {request.token};
  return call_for_credentials(caller, call);
}

}  // namespace spawn::aws::sts
