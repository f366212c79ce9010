// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
//
// Credentials of a container's role: ECS (AWS_CONTAINER_CREDENTIALS_RELATIVE_URI) and EKS Pod
// Identity or others (AWS_CONTAINER_CREDENTIALS_FULL_URI, over https, or over http to loopback and
// AWS's own link-local addresses only, so that no variable can send the token elsewhere in clear).
// https://docs.aws.amazon.com/sdkref/latest/guide/feature-container-credentials.html
#pragma once

#include "aws/credentials.h"
#include "core/env.h"
#include "http/client.h"

namespace spawn::aws {

class ContainerCredentials final : public CredentialsProvider {
 public:
  ContainerCredentials(const core::Env& env, http::Client& client) : env_(env), client_(client) {}

  core::Result<Credentials> get() override;

 private:
  const core::Env& env_;
  http::Client& client_;
};

}  // namespace spawn::aws
