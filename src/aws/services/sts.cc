// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
#include "aws/services/sts.h"

#include <utility>

#include "aws/timestamp.h"
#include "aws/xml_text.h"
#include "core/text.h"

namespace spawn::aws::sts {
namespace {

Call make_call(const Endpoint& endpoint, std::string_view operation, core::Deadline deadline) {
  Call call;
  call.service = &kService;
  call.operation = operation;
  call.region = endpoint.region;
  call.url = endpoint.url;
  call.headers = {{"Content-Type", "application/x-www-form-urlencoded; charset=utf-8"}};
  call.body = "Action=" + std::string(operation) + "&Version=2011-06-15";
  call.deadline = deadline;
  return call;
}

void add(Call& call, std::string_view name, std::string_view value) {
  if (!value.empty()) call.body += "&" + std::string(name) + "=" + core::percent_encode(value);
}

core::Result<Credentials> call_for_credentials(Caller& caller, const Call& call) {
  auto outcome = caller.call(call);
  if (!outcome) return core::fail(std::move(outcome.error().error));
  const auto text = [&](std::string_view name) {
    return xml_text(outcome->body, name).value_or("");
  };
  Credentials credentials{text("AccessKeyId"),
                          core::Secret(text("SecretAccessKey")),
                          core::Secret(text("SessionToken")),
                          parse_iso8601(text("Expiration")),
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
  Call call;
  call.service = &kService;
  call.operation = "GetCallerIdentity";
  call.region = endpoint.region;
  call.url = endpoint.url;
  call.headers = {{"Content-Type", "application/x-www-form-urlencoded; charset=utf-8"}};
  call.body = "Action=GetCallerIdentity&Version=2011-06-15";
  call.deadline = deadline;
  auto outcome = caller.call(call);
  if (!outcome) return core::fail(std::move(outcome.error().error));
  CallerIdentity identity{xml_text(outcome->body, "Account").value_or(""),
                          xml_text(outcome->body, "Arn").value_or(""),
                          xml_text(outcome->body, "UserId").value_or("")};
  if (identity.account.empty() || identity.arn.empty()) {
    return core::fail(core::Code::protocol,
                      "STS GetCallerIdentity: the reply names no account and ARN");
  }
  return identity;
}

core::Result<Credentials> assume_role(Caller& caller, const Endpoint& endpoint,
                                      const AssumeRole& request, core::Deadline deadline) {
  Call call = make_call(endpoint, "AssumeRole", deadline);
  add(call, "RoleArn", request.role_arn);
  add(call, "RoleSessionName", request.session_name);
  add(call, "ExternalId", request.external_id);
  if (request.duration_seconds) {
    add(call, "DurationSeconds", std::to_string(*request.duration_seconds));
  }
  return call_for_credentials(caller, call);
}

core::Result<Credentials> assume_role_with_web_identity(Caller& caller, const Endpoint& endpoint,
                                                        const AssumeRoleWithWebIdentity& request,
                                                        core::Deadline deadline) {
  Call call = make_call(endpoint, "AssumeRoleWithWebIdentity", deadline);
  add(call, "RoleArn", request.role_arn);
  add(call, "RoleSessionName", request.session_name);
  add(call, "WebIdentityToken", request.token.reveal());
  call.hidden = {request.token};
  return call_for_credentials(caller, call);
}

}  // namespace spawn::aws::sts
