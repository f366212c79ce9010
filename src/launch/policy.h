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
  bool xray = false;  // spans go to X-Ray
  // Each "" for none.
  std::string iam_role;  // that a person hands to instances
  std::string queue;     // of SQS: a person puts work there, an instance takes it
  std::string jobs;      // BUCKET/KEY of a list of jobs, which an instance takes instead
  std::string results;   // BUCKET/PREFIX/: an instance puts them there, a person collects them
  std::string function;  // that an instance tells when a queue is worked off
  bool remote_sampling = false;  // X-Ray's rules say which traces are recorded
};

// JSON, indented for people.
std::string iam_policy(const PolicyRequest& request);

}  // namespace spawn::launch
