// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
#include "aws/services/iam.h"

#include "aws/protocol/query.h"
#include "aws/protocol/xml.h"
#include "core/text.h"

namespace spawn::aws::iam {
namespace {

query::Form form(std::string_view action) { return {action, "2010-05-08"}; }

// IAM's replies: <XResponse><XResult>…
core::Result<xml::Document> call_for(Caller& caller, const Endpoint& endpoint,
                                     const query::Form& form, core::Deadline deadline) {
  const Call call = query::make_call(kService, endpoint, form, deadline);
  return xml::call_for_document(caller, call, form.action() + "Response");
}

Role read_role(xml::Element role) {
  return {role.text_at("RoleName"), role.text_at("Arn"),
          core::percent_decode(role.text_at("AssumeRolePolicyDocument"))};
}

// The parts of arn:PARTITION:sts::ACCOUNT:assumed-role/NAME/SESSION, or nothing.
struct AssumedRole {
  std::string_view partition;
  std::string_view account;
  std::string_view name;
};
std::optional<AssumedRole> parse_assumed_role(std::string_view arn) {
  const auto parts = core::split(arn, ':');
  if (parts.size() != 6 || parts[0] != "arn" || parts[2] != "sts") return std::nullopt;
  const auto path = core::split(parts[5], '/');
  if (path.size() != 3 || path[0] != "assumed-role") return std::nullopt;
  return AssumedRole{parts[1], parts[4], path[1]};
}

}  // namespace

const ServiceInfo kService{"IAM", "iam", "iam", "IAM", Protocol::query, true};

std::string principal_of(const std::string& caller_arn) {
  const auto role = parse_assumed_role(caller_arn);
  if (!role) return caller_arn;
  return "arn:" + std::string(role->partition) + ":iam::" + std::string(role->account) + ":role/" +
         std::string(role->name);
}

std::string role_name_of(const std::string& caller_arn) {
  const auto role = parse_assumed_role(caller_arn);
  return role ? std::string(role->name) : std::string();
}

core::Result<DecisionPage> simulate_principal_policy(Caller& caller, const Endpoint& endpoint,
                                                     const SimulatePrincipalPolicy& request,
                                                     core::Deadline deadline) {
  query::Form simulate = form("SimulatePrincipalPolicy");
  simulate.text("PolicySourceArn", request.principal_arn)
      .list("ActionNames.member", request.actions)
      .list("ResourceArns.member", request.resources)
      .text_if("Marker", request.marker);
  const auto reply = call_for(caller, endpoint, simulate, deadline);
  if (!reply) return core::fail(reply.error());
  const xml::Element result = reply->root().find("SimulatePrincipalPolicyResult");
  DecisionPage page;
  result.for_each_in("EvaluationResults", "member", [&](xml::Element member) {
    std::string said = member.text_at("EvalDecision");
    const bool allowed = said == "allowed";
    page.decisions.push_back({member.text_at("EvalActionName"), member.text_at("EvalResourceName"),
                              allowed, std::move(said)});
  });
  if (result.find("IsTruncated").is_true()) page.next_token = result.text_at("Marker");
  return page;
}

core::Result<Role> get_role(Caller& caller, const Endpoint& endpoint, const std::string& name,
                            core::Deadline deadline) {
  const auto reply = call_for(caller, endpoint, form("GetRole").text("RoleName", name), deadline);
  if (!reply) return core::fail(reply.error());
  Role role = read_role(reply->root().find("GetRoleResult").find("Role"));
  if (role.arn.empty()) {
    return core::fail(core::Code::protocol, "IAM GetRole: the reply names no role");
  }
  return role;
}

core::Result<InstanceProfile> get_instance_profile(Caller& caller, const Endpoint& endpoint,
                                                   const std::string& name,
                                                   core::Deadline deadline) {
  const auto reply = call_for(
      caller, endpoint, form("GetInstanceProfile").text("InstanceProfileName", name), deadline);
  if (!reply) return core::fail(reply.error());
  const xml::Element found = reply->root().find("GetInstanceProfileResult").find("InstanceProfile");
  InstanceProfile profile{found.text_at("InstanceProfileName"), found.text_at("Arn"), {}};
  if (profile.arn.empty()) {
    return core::fail(core::Code::protocol,
                      "IAM GetInstanceProfile: the reply names no instance profile");
  }
  found.for_each_in("Roles", "member",
                    [&](xml::Element role) { profile.roles.push_back(read_role(role)); });
  return profile;
}

}  // namespace spawn::aws::iam
