// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
#include "aws/credentials/sso.h"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include "aws/credentials/test_source.h"
#include "aws/sigv4.h"
#include "core/file.h"

namespace spawn::aws {
namespace {

constexpr const char* kCredentials =
    R"({"roleCredentials":{"accessKeyId":"sso","secretAccessKey":"s","sessionToken":"t",)"
    R"("expiration":1767326645000}})";
// What makes a login renewable.
constexpr const char* kRegistration =
    R"(,"clientId":"c","clientSecret":"the-client-secret","refreshToken":"the-refresh-token",)"
    R"("registrationExpiresAt":"2026-03-01T00:00:00Z")";

class Sso : public SourceTest {
 protected:
  Sso() {
    write_config(
        "[default]\nsso_session = work\nsso_account_id = 123\nsso_role_name = Dev Ops\n"
        "[sso-session work]\nsso_start_url = https://x\nsso_region = us-west-2\n"
        "[profile old]\nsso_start_url = https://old\nsso_region = us-east-2\n"
        "sso_account_id = 456\nsso_role_name = r\n");
  }
  std::string write_token(const std::string& name, const std::string& expires_at,
                          const std::string& more = {}) {
    return home_.write(
        ".aws/sso/cache/" + sigv4::sha1_hex(name) + ".json",
        R"({"accessToken":"the-login-token","expiresAt":")" + expires_at + "\"" + more + "}");
  }
  [[nodiscard]] std::string_view bearer(std::size_t request) const {
    return http::header(http_.requests().at(request).headers, "x-amz-sso_bearer_token");
  }
};

TEST(Sha1, is_what_the_cache_is_named_by) {
  EXPECT_EQ(sigv4::sha1_hex("abc"), "a9993e364706816aba3e25717850c26c9cd0d89d");
}

TEST_F(Sso, are_the_roles_credentials_for_the_login_of_the_session) {
  write_token("work", "2026-01-02T09:00:00Z");
  http_.answer(200, kCredentials);
  const auto credentials = get();
  ASSERT_TRUE(credentials) << credentials.error().message;
  EXPECT_EQ(credentials->access_key_id, "sso");
  EXPECT_EQ(credentials->session_token.reveal(), "t");
  EXPECT_EQ(credentials->expires_at_ns, 1767326645000000000);
  EXPECT_EQ(http_.requests().at(0).url,
            "https://portal.sso.us-west-2.amazonaws.com/federation/credentials"
            "?role_name=Dev%20Ops&account_id=123");
  EXPECT_EQ(bearer(0), "the-login-token");
  EXPECT_EQ(signed_by(0), "");
}

TEST_F(Sso, understand_the_older_form_without_a_session) {
  write_token("https://old", "2026-01-02T09:00:00UTC");
  http_.answer(200, kCredentials);
  EXPECT_EQ(id("old"), "sso");
  EXPECT_TRUE(http_.requests().at(0).url.starts_with("https://portal.sso.us-east-2.")) << id("old");
}

TEST_F(Sso, say_how_to_log_in) {
  EXPECT_EQ(id(), "profile 'default': nobody has logged in: run `aws sso login --profile default`");
  write_token("work", "2026-01-02T03:00:00Z");
  EXPECT_EQ(id(),
            "profile 'default': the login has expired: run `aws sso login --profile default`");
  write_token("work", "2026-01-02T09:00:00Z");
  http_.answer(401, R"({"message":"the-login-token is bad"})",
               {{"x-amzn-ErrorType", "UnauthorizedException"}});
  EXPECT_EQ(id(),
            "profile 'default': the login is not accepted any more: run `aws sso login --profile "
            "default`");
  write_token("work", "whenever");
  EXPECT_NE(id().find("holds no login token: run `aws sso login"), std::string::npos) << id();
}

TEST_F(Sso, do_not_show_a_token_that_the_portal_echoes) {
  write_token("work", "2026-01-02T09:00:00Z");
  http_.answer(403, R"({"message":"the-login-token is not for this account"})",
               {{"x-amzn-ErrorType", "ForbiddenException"}});
  EXPECT_EQ(id(),
            "profile 'default': SSO GetRoleCredentials: ForbiddenException: *** is not for this "
            "account (the policy of these credentials must allow it)");
}

TEST_F(Sso, renew_a_login_ahead_of_its_end_and_put_it_back_for_the_others) {
  const std::string path = write_token("work", "2026-01-02T03:10:00Z", kRegistration);
  http_.answer(200, R"({"accessToken":"new-token","expiresIn":3600,"refreshToken":"new-refresh"})");
  http_.answer(200, kCredentials);
  EXPECT_EQ(id(), "sso");
  EXPECT_EQ(http_.requests().at(0).url, "https://oidc.us-west-2.amazonaws.com/token");
  EXPECT_EQ(body(0),
            R"({"grantType":"refresh_token","clientId":"c","clientSecret":"the-client-secret",)"
            R"("refreshToken":"the-refresh-token"})");
  EXPECT_EQ(bearer(1), "new-token");
  EXPECT_EQ(*core::read_file(path),
            R"({"startUrl": "https://x", "region": "us-west-2", "accessToken": "new-token", )"
            R"("expiresAt": "2026-01-02T04:04:05Z", "clientId": "c", )"
            R"("clientSecret": "the-client-secret", )"
            R"("registrationExpiresAt": "2026-03-01T00:00:00Z", "refreshToken": "new-refresh"})");
  struct stat about {};
  ASSERT_EQ(::stat(path.c_str(), &about), 0);
  EXPECT_EQ(about.st_mode & 0777U, 0600U);
}

TEST_F(Sso, use_a_login_that_cannot_be_renewed_to_its_end) {
  write_token("work", "2026-01-02T03:10:00Z", kRegistration);
  http_.answer(400, R"({"error":"invalid_grant"})");
  http_.answer(200, kCredentials);
  EXPECT_EQ(id(), "sso");
  EXPECT_EQ(bearer(1), "the-login-token");
  write_token("work", "2026-01-02T03:04:05Z", kRegistration);
  http_.answer(400, R"({"error":"invalid_grant"})");
  EXPECT_NE(id().find("the login has expired"), std::string::npos) << id();
}

TEST_F(Sso, say_what_the_profile_lacks) {
  write_config(
      "[default]\nsso_account_id = 1\nsso_start_url = u\n"
      "[profile b]\nsso_session = gone\nsso_account_id = 1\nsso_role_name = r\n"
      "[profile c]\nsso_session = s\nsso_account_id = 1\nsso_role_name = r\n"
      "sso_region = here\n[sso-session s]\nsso_region = there\nsso_start_url = u\n");
  EXPECT_EQ(id(),
            "profile 'default': single sign-on is asked for without sso_role_name, sso_region");
  EXPECT_EQ(id("b"),
            "profile 'b': there is no [sso-session gone] in " + home_.path() + "/.aws/config");
  EXPECT_EQ(id("c"), "profile 'c': sso_region is not the same as in [sso-session s]");
}

}  // namespace
}  // namespace spawn::aws
