// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
//
// AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY and AWS_SESSION_TOKEN. One key without the other is an
// error, not "none": the person meant them.
#pragma once

#include "aws/credentials.h"
#include "core/env.h"

namespace spawn::aws {

class EnvironmentCredentials final : public CredentialsProvider {
 public:
  explicit EnvironmentCredentials(const core::Env& env) : env_(env) {}

  core::Result<Credentials> get() override;

 private:
  const core::Env& env_;
};

}  // namespace spawn::aws
