// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
#include "aws/profile.h"

#include <gtest/gtest.h>

#include "aws/test_support.h"

namespace spawn::aws {
namespace {

class ProfileTest : public ::testing::Test {
 protected:
  TemporaryFolder home_;
  testing::FakeEnv env_{{"HOME", home_.path()}};
};

TEST_F(ProfileTest, is_empty_when_there_are_no_files) {
  const auto profile = load_profile(env_);
  ASSERT_TRUE(profile) << profile.error().message;
  EXPECT_EQ(profile->name, "default");
  EXPECT_EQ(profile->get("region"), "");
  EXPECT_TRUE(load_profile(testing::FakeEnv{}));
}

TEST_F(ProfileTest, is_read_from_both_files_the_credentials_first) {
  home_.write(".aws/config", "[default]\nregion = eu-west-1\naws_access_key_id = config\n");
  home_.write(".aws/credentials", "[default]\naws_access_key_id = credentials\n");
  const auto profile = load_profile(env_);
  ASSERT_TRUE(profile) << profile.error().message;
  EXPECT_EQ(profile->get("region"), "eu-west-1");
  EXPECT_EQ(profile->get("aws_access_key_id"), "credentials");
}

TEST_F(ProfileTest, is_named_by_the_caller_then_by_the_environment) {
  home_.write(".aws/config",
              "[default]\nregion=r0\n[profile a]\nregion=r1\n[profile b]\nregion=r2\n"
              "[profile c]\nregion=r3\n[d]\nregion=r4\n");
  const auto region = [&](std::string_view name) {
    const auto profile = load_profile(env_, name);
    return profile ? std::string(profile->get("region")) : profile.error().message;
  };
  EXPECT_EQ(region(""), "r0");
  env_.set("AWS_DEFAULT_PROFILE", "a");
  EXPECT_EQ(region(""), "r1");
  env_.set("AWS_PROFILE", "b");
  EXPECT_EQ(region(""), "r2");
  EXPECT_EQ(region("c"), "r3");
  const auto unprefixed = load_profile(env_, "d");
  ASSERT_FALSE(unprefixed);
}

TEST_F(ProfileTest, that_was_named_and_is_not_there_is_an_error) {
  env_.set("AWS_PROFILE", "dve");
  const auto profile = load_profile(env_);
  ASSERT_FALSE(profile);
  EXPECT_EQ(profile.error().code, core::Code::invalid_argument);
  EXPECT_EQ(profile.error().message, "AWS_PROFILE: there is no profile 'dve' in " + home_.path() +
                                         "/.aws/config or " + home_.path() + "/.aws/credentials");
}

TEST_F(ProfileTest, prefers_the_section_that_says_profile_default) {
  home_.write(".aws/config", "[profile default]\nregion=r1\n[default]\nregion=r2\n");
  EXPECT_EQ(load_profile(env_)->get("region"), "r1");
}

TEST_F(ProfileTest, is_read_from_where_the_variables_say) {
  home_.write("c", "[default]\nregion = r1\n");
  env_.set("AWS_CONFIG_FILE", "~/c");
  env_.set("AWS_SHARED_CREDENTIALS_FILE", home_.write("k", "[default]\naws_access_key_id = id\n"));
  const auto profile = load_profile(env_);
  ASSERT_TRUE(profile) << profile.error().message;
  EXPECT_EQ(profile->get("region"), "r1");
  EXPECT_EQ(profile->get("aws_access_key_id"), "id");
}

TEST_F(ProfileTest, brings_the_services_section_that_it_names) {
  home_.write(".aws/config",
              "[default]\nservices = local\n[services local]\nxray =\n  endpoint_url = http://h\n");
  const auto profile = load_profile(env_);
  ASSERT_TRUE(profile) << profile.error().message;
  EXPECT_EQ(profile->services.at("xray").nested.at("endpoint_url"), "http://h");

  home_.write(".aws/config", "[default]\nservices = other\n");
  const auto missing = load_profile(env_);
  ASSERT_FALSE(missing);
  EXPECT_NE(missing.error().message.find("[services other]"), std::string::npos);
}

TEST_F(ProfileTest, with_a_mistake_in_its_file_is_an_error_with_the_line) {
  const std::string path = home_.write(".aws/config", "[default]\nregion\n");
  const auto profile = load_profile(env_);
  ASSERT_FALSE(profile);
  EXPECT_EQ(profile.error().message, path + ":2: expected 'key = value' or '[section]'");
}

TEST_F(ProfileTest, can_be_looked_up_by_another_with_all_that_the_files_hold) {
  home_.write(".aws/config",
              "[profile a]\nregion = r1\nrole_arn =\n[sso-session s]\nsso_region = r2\n");
  home_.write(".aws/credentials", "[b]\naws_access_key_id = id\n");
  const auto files = read_shared_files(env_);
  ASSERT_TRUE(files) << files.error().message;
  EXPECT_EQ(files->find("a")->get("region"), "r1");
  EXPECT_TRUE(files->find("a")->has("role_arn"));
  EXPECT_FALSE(files->find("a")->has("source_profile"));
  EXPECT_EQ(files->find("b")->get("aws_access_key_id"), "id");
  EXPECT_FALSE(files->find("c"));
  EXPECT_EQ(files->section("sso-session s")->at("sso_region").value, "r2");
  EXPECT_EQ(files->section("sso-session t"), nullptr);
}

}  // namespace
}  // namespace spawn::aws
