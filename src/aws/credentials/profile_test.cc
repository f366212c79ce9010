// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
#include "aws/credentials/profile.h"

#include <gtest/gtest.h>

namespace spawn::aws {
namespace {

using File = ProfileCredentials::File;

TEST(ProfileCredentials, come_from_the_file_they_are_asked_from) {
  Profile profile;
  profile.name = "dev";
  profile.credentials["aws_access_key_id"].value = "id";
  profile.credentials["aws_secret_access_key"].value = "secret";
  profile.credentials["aws_session_token"].value = "token";
  const auto credentials = ProfileCredentials(profile, File::credentials).get();
  ASSERT_TRUE(credentials);
  EXPECT_EQ(credentials->access_key_id, "id");
  EXPECT_EQ(credentials->secret_access_key.reveal(), "secret");
  EXPECT_EQ(credentials->session_token.reveal(), "token");
  EXPECT_EQ(credentials->source, "profile 'dev'");
  EXPECT_EQ(ProfileCredentials(profile, File::config).get().error().code, core::Code::not_found);
}

TEST(ProfileCredentials, with_half_of_the_keys_are_an_error_that_names_the_file) {
  Profile profile;
  profile.config_path = "/home/me/.aws/config";
  profile.config["aws_access_key_id"].value = "id";
  const auto credentials = ProfileCredentials(profile, File::config).get();
  ASSERT_FALSE(credentials);
  EXPECT_EQ(credentials.error().code, core::Code::unauthenticated);
  EXPECT_TRUE(credentials.error().message.starts_with("/home/me/.aws/config: "));
}

TEST(RefusedCredentials, stop_the_chain_where_it_would_use_somebody_elses) {
  Profile profile;
  EXPECT_EQ(RefusedCredentials(profile).get().error().code, core::Code::not_found);
  profile.name = "dev";
  profile.config["login_session"].value = "x";
  const auto refused = RefusedCredentials(profile).get();
  EXPECT_EQ(refused.error().code, core::Code::unauthenticated);
  EXPECT_NE(refused.error().message.find("export-credentials --profile dev"), std::string::npos);
}

}  // namespace
}  // namespace spawn::aws
