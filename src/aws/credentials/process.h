// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
//
// credential_process: the profile names a program that prints credentials as JSON. It is run by
// /bin/sh, without input; what it writes to stderr is not shown, since it may hold secrets. It has
// a minute (a person may have to touch a key), then its process group is killed.
// https://docs.aws.amazon.com/sdkref/latest/guide/feature-process-credentials.html
#pragma once

#include <chrono>

#include "aws/credentials.h"
#include "aws/profile.h"
#include "core/clock.h"
#include "core/env.h"

namespace spawn::aws {

class ProcessCredentials final : public CredentialsProvider {
 public:
  ProcessCredentials(const core::Env& env, const Profile& profile, core::Clock& clock,
                     core::Nanos timeout = std::chrono::minutes(1))
      : env_(env), profile_(profile), clock_(clock), timeout_(timeout) {}

  core::Result<Credentials> get() override;

 private:
  const core::Env& env_;
  const Profile& profile_;
  core::Clock& clock_;
  core::Nanos timeout_;
};

}  // namespace spawn::aws
