// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
#include "aws/credentials/assumed_role.h"

#include <gtest/gtest.h>

#include "aws/credentials/test_source.h"

namespace spawn::aws {
namespace {

using namespace std::chrono_literals;

class AssumedRole : public SourceTest {};

TEST_F(AssumedRole, is_assumed_with_the_keys_of_its_source_profile) {
  write_config(
      "[default]\nrole_arn = arn:aws:iam::1:role/r\nsource_profile = base\nexternal_id = x/y\n"
      "duration_seconds = 900\nrole_session_name = me\n");
  write_credentials("[base]\naws_access_key_id = base\naws_secret_access_key = s\n");
  answer_sts("role");
  const auto credentials = get();
  ASSERT_TRUE(credentials) << credentials.error().message;
  EXPECT_EQ(credentials->access_key_id, "role");
  EXPECT_EQ(credentials->secret_access_key.reveal(), "secret-role");
  EXPECT_EQ(credentials->session_token.reveal(), "token-role");
  EXPECT_EQ(credentials->expires_at_ns, testing::FakeClock::kStart + core::Nanos(1h).count());
  EXPECT_EQ(credentials->source, "role of profile 'default'");
  EXPECT_EQ(signed_by(0), "base");
  EXPECT_EQ(http_.requests().at(0).url, "https://sts.eu-west-1.amazonaws.com/");
  EXPECT_EQ(body(0),
            "Action=AssumeRole&Version=2011-06-15&RoleArn=arn%3Aaws%3Aiam%3A%3A1%3Arole%2Fr"
            "&RoleSessionName=me&ExternalId=x%2Fy&DurationSeconds=900");
}

TEST_F(AssumedRole, has_a_session_named_by_the_time_unless_somebody_named_it) {
  write_config("[default]\nrole_arn = r\nsource_profile = base\n");
  write_credentials("[base]\naws_access_key_id = base\naws_secret_access_key = s\n");
  answer_sts("role");
  ASSERT_TRUE(get());
  EXPECT_NE(body(0).find("&RoleSessionName=spawn-1767323045"), std::string::npos) << body(0);
}

TEST_F(AssumedRole, may_lead_over_other_roles) {
  write_config(
      "[profile a]\nrole_arn = ra\nsource_profile = b\n"
      "[profile b]\nrole_arn = rb\nsource_profile = c\n"
      "[profile c]\naws_access_key_id = c\naws_secret_access_key = s\n");
  answer_sts("b");
  answer_sts("a");
  EXPECT_EQ(id("a"), "a");
  EXPECT_EQ(signed_by(0), "c");
  EXPECT_EQ(signed_by(1), "b");
  EXPECT_NE(body(0).find("RoleArn=rb"), std::string::npos);
  EXPECT_NE(body(1).find("RoleArn=ra"), std::string::npos);
}

TEST_F(AssumedRole, in_a_circle_is_refused) {
  write_config(
      "[profile a]\nrole_arn = ra\nsource_profile = b\n"
      "[profile b]\nrole_arn = rb\nsource_profile = a\n"
      "[profile c]\nrole_arn = rc\nsource_profile = c\n");
  EXPECT_NE(id("a").find("leads back to profile 'a'"), std::string::npos) << id("a");
  EXPECT_NE(id("c").find("leads back to profile 'c'"), std::string::npos) << id("c");
  EXPECT_TRUE(http_.requests().empty());
}

TEST_F(AssumedRole, may_use_the_keys_beside_it) {
  write_config("[profile c]\nrole_arn = rc\nsource_profile = c\n");
  write_credentials("[c]\naws_access_key_id = own\naws_secret_access_key = s\n");
  answer_sts("role");
  EXPECT_EQ(id("c"), "role");
  EXPECT_EQ(signed_by(0), "own");
}

TEST_F(AssumedRole, takes_the_keys_of_a_source_profile_before_its_role) {
  write_config(
      "[profile a]\nrole_arn = ra\nsource_profile = b\n"
      "[profile b]\nrole_arn = rb\nsource_profile = c\n"
      "aws_access_key_id = b\naws_secret_access_key = s\n");
  answer_sts("a");
  EXPECT_EQ(id("a"), "a");
  EXPECT_EQ(signed_by(0), "b");
}

TEST_F(AssumedRole, takes_environment_container_or_instance_when_the_profile_says_so) {
  const auto configure = [&](const std::string& source) {
    write_config("[profile a]\nrole_arn = ra\ncredential_source = " + source + "\n");
  };
  configure("Environment");
  env_.set("AWS_ACCESS_KEY_ID", "env");
  env_.set("AWS_SECRET_ACCESS_KEY", "s");
  answer_sts("one");
  EXPECT_EQ(id("a"), "one");
  EXPECT_EQ(signed_by(0), "env");

  configure("EcsContainer");
  env_.set("AWS_CONTAINER_CREDENTIALS_RELATIVE_URI", "/x");
  http_.answer(200, R"({"AccessKeyId":"container","SecretAccessKey":"s"})");
  answer_sts("two");
  EXPECT_EQ(id("a"), "two");
  EXPECT_EQ(signed_by(2), "container");

  configure("Ec2InstanceMetadata");
  EXPECT_EQ(id("a"), "role of profile 'a': switched off by AWS_EC2_METADATA_DISABLED");
  configure("Elsewhere");
  EXPECT_NE(id("a").find("expected Environment, Ec2InstanceMetadata or EcsContainer, not "
                         "'Elsewhere'"),
            std::string::npos);
}

TEST_F(AssumedRole, says_what_is_wrong_with_its_profile) {
  write_config(
      "[profile a]\nrole_arn = r\nsource_profile = b\ncredential_source = Environment\n"
      "[profile c]\nrole_arn = r\nsource_profile = nobody\n"
      "[profile d]\nrole_arn = r\nsource_profile = e\n[profile e]\nregion = x\n"
      "[profile m]\nrole_arn = r\nsource_profile = e\nmfa_serial = arn\n"
      "[profile t]\nrole_arn = r\nsource_profile = e\nduration_seconds = 1h\n");
  EXPECT_TRUE(id("a").starts_with("role of profile 'a': both source_profile")) << id("a");
  EXPECT_EQ(id("c"),
            "role of profile 'c': there is no profile 'nobody', which it names as source_profile");
  EXPECT_TRUE(id("d").starts_with("role of profile 'd': no AWS credentials were found: "))
      << id("d");
  EXPECT_NE(id("m").find("export-credentials --profile m"), std::string::npos) << id("m");
  EXPECT_EQ(id("t"),
            "role of profile 't': duration_seconds: expected a number of seconds, not '1h'");
}

TEST_F(AssumedRole, that_is_denied_is_an_error_and_not_none) {
  write_config(
      "[default]\nrole_arn = r\nsource_profile = base\n"
      "aws_access_key_id = own\naws_secret_access_key = s\n");
  write_credentials("[base]\naws_access_key_id = base\naws_secret_access_key = s\n");
  http_.answer(403, "<E><Error><Code>AccessDenied</Code><Message>not you</Message></Error></E>");
  EXPECT_EQ(id(),
            "role of profile 'default': STS AssumeRole: AccessDenied: not you "
            "(the policy of these credentials must allow it)");
}

TEST_F(AssumedRole, is_assumed_anew_ahead_of_its_end_without_asking_its_source_again) {
  write_config(
      "[default]\nrole_arn = r\nsource_profile = b\n[profile b]\nrole_arn = rb\n"
      "credential_source = Environment\n");
  env_.set("AWS_ACCESS_KEY_ID", "");
  const auto credentials = make_default_credentials(env_, http_, clock_, rng_, "default");
  env_.set("AWS_ACCESS_KEY_ID", "env");
  env_.set("AWS_SECRET_ACCESS_KEY", "s");
  answer_sts("b");
  answer_sts("first");
  EXPECT_EQ(credentials->get()->access_key_id, "first");
  clock_.advance(30min);
  EXPECT_EQ(credentials->get()->access_key_id, "first");
  EXPECT_EQ(http_.requests().size(), 2U);
}

}  // namespace
}  // namespace spawn::aws
