// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
//
// IAM as far as a diagnosis needs it: may these credentials do what spawn does, and which role does
// an instance profile hold. Global: sign for the partition's own region (us-east-1).
// https://docs.aws.amazon.com/IAM/latest/APIReference/
#pragma once

#include <string>
#include <vector>

#include "aws/caller.h"
#include "aws/endpoints.h"
#include "core/clock.h"
#include "core/result.h"

namespace spawn::aws::iam {

extern const ServiceInfo kService;

// The role behind credentials that were got by assuming it, by which IAM simulates:
// arn:aws:sts::1:assumed-role/NAME/SESSION → arn:aws:iam::1:role/NAME. Others as they are. (A role
// with a path needs GetRole, as the session's ARN leaves the path out.)
std::string principal_of(const std::string& caller_arn);
// NAME of an assumed role, "" of anything else.
std::string role_name_of(const std::string& caller_arn);

struct SimulatePrincipalPolicy {
  std::string principal_arn;           // a user or a role
  std::vector<std::string> actions;    // "xray:PutTraceSegments"
  std::vector<std::string> resources;  // none: "*"
  std::string marker;                  // of the page before
};
struct Decision {
  std::string action;
  std::string resource;
  bool allowed = false;
  std::string said;  // "allowed", "explicitDeny", "implicitDeny"
};
struct DecisionPage {
  std::vector<Decision> decisions;
  std::string next_token;
};
core::Result<DecisionPage> simulate_principal_policy(Caller& caller, const Endpoint& endpoint,
                                                     const SimulatePrincipalPolicy& request,
                                                     core::Deadline deadline);

struct Role {
  std::string name;
  std::string arn;
  std::string trust_policy;  // JSON
};
core::Result<Role> get_role(Caller& caller, const Endpoint& endpoint, const std::string& name,
                            core::Deadline deadline);

struct InstanceProfile {
  std::string name;
  std::string arn;
  std::vector<Role> roles;  // one at most, as things are
};
core::Result<InstanceProfile> get_instance_profile(Caller& caller, const Endpoint& endpoint,
                                                   const std::string& name,
                                                   core::Deadline deadline);

}  // namespace spawn::aws::iam
