// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
//
// A role of IAM Identity Center (single sign-on): the profile names sso_account_id and
// sso_role_name, and the login by sso_session or, in the older form, by sso_start_url and
// sso_region itself. The login is the AWS CLI's; ours to say is when it is needed.
// https://docs.aws.amazon.com/sdkref/latest/guide/feature-sso-credentials.html
#pragma once

#include "aws/credentials.h"
#include "aws/credentials/parts.h"
#include "aws/profile.h"

namespace spawn::aws {

class SsoCredentials final : public CredentialsProvider {
 public:
  SsoCredentials(const SourceParts& parts, const Profile& profile)
      : parts_(parts), profile_(profile) {}

  core::Result<Credentials> get() override;

 private:
  const SourceParts& parts_;
  const Profile& profile_;
};

}  // namespace spawn::aws
