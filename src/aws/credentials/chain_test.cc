// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
//
// The order of all sources, each taken away in turn.
#include "aws/credentials/chain.h"

#include <gtest/gtest.h>

#include "aws/test_support.h"

namespace spawn::aws {
namespace {

using core::Code;

class DefaultCredentialsTest : public ::testing::Test {
 protected:
  core::Result<Credentials> get(std::string profile = {}) {
    return make_default_credentials(env_, http_, clock_, rng_, std::move(profile))->get();
  }
  // The key id, or the error.
  std::string id(std::string profile = {}) {
    const auto credentials = get(std::move(profile));
    return credentials ? credentials->access_key_id : credentials.error().message;
  }

  TemporaryFolder home_;
  testing::FakeEnv env_{{"HOME", home_.path()}, {"AWS_EC2_METADATA_DISABLED", "true"}};
  testing::ScriptedHttp http_;
  testing::FakeClock clock_;
  testing::FakeRng rng_;
};

TEST_F(DefaultCredentialsTest, are_looked_for_in_botocores_order) {
  env_.set("AWS_ACCESS_KEY_ID", "environment");
  env_.set("AWS_SECRET_ACCESS_KEY", "s");
  home_.write(".aws/credentials",
              "[default]\naws_access_key_id=credentials\naws_secret_access_key=s\n");
  const std::string keys = "aws_access_key_id=config\naws_secret_access_key=s\n";
  const std::string process =
      "credential_process = echo "
      "'{\"Version\":1,\"AccessKeyId\":\"process\",\"SecretAccessKey\":\"s\"}'\n";
  home_.write(".aws/config", "[default]\n" + keys + process);
  env_.set("AWS_CONTAINER_CREDENTIALS_RELATIVE_URI", "/x");

  EXPECT_EQ(id(), "environment");
  env_.unset("AWS_ACCESS_KEY_ID");
  env_.unset("AWS_SECRET_ACCESS_KEY");
  EXPECT_EQ(id(), "credentials");
  home_.write(".aws/credentials", "");
  EXPECT_EQ(id(), "process");
  home_.write(".aws/config", "[default]\n" + keys);
  EXPECT_EQ(id(), "config");
  home_.write(".aws/config", "");
  http_.answer(200, R"({"AccessKeyId":"container","SecretAccessKey":"s"})");
  EXPECT_EQ(id(), "container");
  env_.unset("AWS_CONTAINER_CREDENTIALS_RELATIVE_URI");
  env_.unset("AWS_EC2_METADATA_DISABLED");
  http_.answer(200, "imds-token");
  http_.answer(200, "role");
  http_.answer(200, R"({"AccessKeyId":"instance","SecretAccessKey":"s"})");
  EXPECT_EQ(id(), "instance");
}

TEST_F(DefaultCredentialsTest, of_a_profile_asked_for_do_not_come_from_the_environment) {
  env_.set("AWS_ACCESS_KEY_ID", "environment");
  env_.set("AWS_SECRET_ACCESS_KEY", "s");
  home_.write(".aws/credentials", "[dev]\naws_access_key_id=dev\naws_secret_access_key=s\n");
  EXPECT_EQ(id("dev"), "dev");
  env_.set("AWS_PROFILE", "dev");
  EXPECT_EQ(id(), "environment");
}

TEST_F(DefaultCredentialsTest, that_nobody_has_are_one_error_with_all_reasons) {
  const auto none = get();
  ASSERT_FALSE(none);
  EXPECT_EQ(none.error().code, Code::unauthenticated);
  EXPECT_EQ(none.error().message,
            "no AWS credentials were found: AWS_ACCESS_KEY_ID is not set; profile 'default' has no "
            "keys in " +
                home_.path() +
                "/.aws/credentials; profile 'default' has no "
                "credential_process; profile 'default' has no keys in " +
                home_.path() +
                "/.aws/config; no container credentials are offered; switched off by "
                "AWS_EC2_METADATA_DISABLED");
}

TEST_F(DefaultCredentialsTest, do_not_pass_by_a_source_that_was_meant) {
  env_.set("AWS_ACCESS_KEY_ID", "half");
  home_.write(".aws/credentials", "[default]\naws_access_key_id=x\naws_secret_access_key=s\n");
  EXPECT_EQ(get().error().code, Code::unauthenticated);
  env_.unset("AWS_ACCESS_KEY_ID");
  home_.write(".aws/config", "[default]\nrole_arn = arn:aws:iam::1:role/r\n");
  EXPECT_NE(id().find("neither source_profile and credential_source"), std::string::npos) << id();
}

TEST_F(DefaultCredentialsTest, name_the_line_of_a_file_that_is_wrong) {
  const std::string path = home_.write(".aws/credentials", "oops\n");
  EXPECT_EQ(id(), path + ":1: expected a [section] before the first setting");
}

TEST_F(DefaultCredentialsTest, read_the_files_again_when_forgotten) {
  home_.write(".aws/credentials", "[default]\naws_access_key_id=one\naws_secret_access_key=s\n");
  const auto credentials = make_default_credentials(env_, http_, clock_, rng_);
  EXPECT_EQ(credentials->get()->access_key_id, "one");
  home_.write(".aws/credentials", "[default]\naws_access_key_id=two\naws_secret_access_key=s\n");
  EXPECT_EQ(credentials->get()->access_key_id, "one");
  credentials->forget();
  EXPECT_EQ(credentials->get()->access_key_id, "two");
}

}  // namespace
}  // namespace spawn::aws
