// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
//
// Long-lived keys of a profile: aws_access_key_id, aws_secret_access_key, aws_session_token of one
// of the two shared files.
#pragma once

#include "aws/credentials.h"
#include "aws/profile.h"

namespace spawn::aws {

class ProfileCredentials final : public CredentialsProvider {
 public:
  enum class File { credentials, config };
  ProfileCredentials(const Profile& profile, File file) : profile_(profile), file_(file) {}

  core::Result<Credentials> get() override;

 private:
  const Profile& profile_;
  File file_;
};

// A profile may ask for a way to get credentials that spawn does not have (`aws login`). To go on
// to the next source would use somebody else's: this one fails instead, and says what works.
class RefusedCredentials final : public CredentialsProvider {
 public:
  explicit RefusedCredentials(const Profile& profile) : profile_(profile) {}

  core::Result<Credentials> get() override;

 private:
  const Profile& profile_;
};

}  // namespace spawn::aws
