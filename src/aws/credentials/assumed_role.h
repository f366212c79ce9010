// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
//
// The role that a profile names by role_arn, assumed with the credentials of its source_profile
// (which may have a role itself, and so on; a circle is refused) or of its credential_source
// (Environment, Ec2InstanceMetadata, EcsContainer). By botocore's rules: the role counts more than
// keys in the same profile, and keys of a source profile count more than its role.
// https://docs.aws.amazon.com/sdkref/latest/guide/feature-assume-role-credentials.html
#pragma once

#include <memory>

#include "aws/credentials.h"
#include "aws/credentials/parts.h"

namespace spawn::aws {

class AssumedRoleCredentials final : public CredentialsProvider {
 public:
  explicit AssumedRoleCredentials(const SourceParts& parts) : parts_(parts) {}

  core::Result<Credentials> get() override;
  void forget() override;

 private:
  const SourceParts& parts_;
  std::unique_ptr<CredentialsProvider> role_;  // made at the first get()
};

}  // namespace spawn::aws
