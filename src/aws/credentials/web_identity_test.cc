// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
#include "aws/credentials/web_identity.h"

#include <gtest/gtest.h>

#include "aws/credentials/test_source.h"

namespace spawn::aws {
namespace {

class WebIdentity : public SourceTest {
 protected:
  std::string token_file_ = home_.write("token", "ey.the-web-identity-token\n");
};

TEST_F(WebIdentity, is_a_role_for_the_token_in_the_file_and_not_signed) {
  env_.set("AWS_WEB_IDENTITY_TOKEN_FILE", token_file_);
  env_.set("AWS_ROLE_ARN", "arn:r");
  env_.set("AWS_ROLE_SESSION_NAME", "me");
  answer_sts("web", "AssumeRoleWithWebIdentity");
  EXPECT_EQ(id(), "web");
  EXPECT_EQ(body(0),
            "Action=AssumeRoleWithWebIdentity&Version=2011-06-15&RoleArn=arn%3Ar"
            "&RoleSessionName=me&WebIdentityToken=ey.the-web-identity-token");
  EXPECT_EQ(signed_by(0), "");
}

TEST_F(WebIdentity, may_stand_in_the_profile) {
  write_config("[profile w]\nrole_arn = pr\nweb_identity_token_file = " + token_file_ + "\n");
  env_.set("AWS_WEB_IDENTITY_TOKEN_FILE", "/elsewhere");
  env_.set("AWS_ROLE_ARN", "env");
  answer_sts("web", "AssumeRoleWithWebIdentity");
  EXPECT_EQ(id("w"), "web");
  EXPECT_NE(body(0).find("RoleArn=pr&RoleSessionName=spawn-"), std::string::npos) << body(0);
}

TEST_F(WebIdentity, reads_the_token_again_each_time) {
  env_.set("AWS_WEB_IDENTITY_TOKEN_FILE", token_file_);
  env_.set("AWS_ROLE_ARN", "r");
  const auto credentials = make_default_credentials(env_, http_, clock_, rng_);
  answer_sts("one", "AssumeRoleWithWebIdentity");
  ASSERT_TRUE(credentials->get());
  home_.write("token", "another-token");
  clock_.advance(std::chrono::minutes(50));
  answer_sts("two", "AssumeRoleWithWebIdentity");
  EXPECT_EQ(credentials->get()->access_key_id, "two");
  EXPECT_NE(body(1).find("WebIdentityToken=another-token"), std::string::npos);
}

TEST_F(WebIdentity, without_a_role_or_a_file_is_an_error_and_not_none) {
  env_.set("AWS_WEB_IDENTITY_TOKEN_FILE", token_file_);
  EXPECT_EQ(id(),
            "web identity: a token file is named, but no role: set AWS_ROLE_ARN, or role_arn in "
            "profile 'default'");
  env_.set("AWS_ROLE_ARN", "r");
  env_.set("AWS_WEB_IDENTITY_TOKEN_FILE", home_.path() + "/gone");
  EXPECT_EQ(id(), "web identity: " + home_.path() + "/gone: No such file or directory");
}

TEST_F(WebIdentity, does_not_show_a_token_that_sts_echoes) {
  env_.set("AWS_WEB_IDENTITY_TOKEN_FILE", token_file_);
  env_.set("AWS_ROLE_ARN", "r");
  http_.answer(400,
               "<E><Error><Code>InvalidIdentityToken</Code><Message>bad: "
               "ey.the-web-identity-token</Message></Error></E>");
  EXPECT_EQ(id(), "web identity: STS AssumeRoleWithWebIdentity: InvalidIdentityToken: bad: ***");
}

}  // namespace
}  // namespace spawn::aws
