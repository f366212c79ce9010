// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
//
// The least that a person, or an instance, must be allowed for what is switched on, as an IAM
// policy. Changing instances is allowed only for those that spawn launched. Pure.
// https://docs.aws.amazon.com/service-authorization/latest/reference/
#pragma once

#include <string>
#include <string_view>

namespace spawn::launch {

enum class PolicyFor { person, instance };

struct PolicyRequest {
  PolicyFor who = PolicyFor::person;
  std::string account = "*";
  std::string region = "*";
  bool xray = false;             // spans go to X-Ray
  std::string iam_role;          // that a person hands to instances, "" for none
  bool queue = false;            // work comes from SQS and results go to S3
  bool remote_sampling = false;  // X-Ray's rules say which traces are recorded
};

// JSON, indented for people.
std::string iam_policy(const PolicyRequest& request);

}  // namespace spawn::launch
