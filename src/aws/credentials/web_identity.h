// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
//
// A role for a token that somebody else issued (Kubernetes, a CI system):
// AWS_WEB_IDENTITY_TOKEN_FILE, AWS_ROLE_ARN and AWS_ROLE_SESSION_NAME, or a profile's
// web_identity_token_file, role_arn and role_session_name. The file is read each time, since its
// owner replaces it. https://docs.aws.amazon.com/sdkref/latest/guide/access-assume-role-web.html
#pragma once

#include <string>

#include "aws/credentials.h"
#include "aws/credentials/parts.h"
#include "aws/profile.h"

namespace spawn::aws {

class WebIdentityCredentials final : public CredentialsProvider {
 public:
  // A profile that was named for this run is meant, whatever the environment holds.
  enum class Environment { read, ignored };
  WebIdentityCredentials(const SourceParts& parts, const Profile& profile, Environment environment)
      : parts_(parts), profile_(profile), environment_(environment) {}

  core::Result<Credentials> get() override;

 private:
  [[nodiscard]] std::string setting(const char* variable, std::string_view key) const;

  const SourceParts& parts_;
  const Profile& profile_;
  Environment environment_;
};

}  // namespace spawn::aws
