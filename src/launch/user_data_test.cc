// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
//
// The script is run for what it is: by bash, with curl, against a metadata service and an S3 on
// loopback that check tokens and signatures. Only what would change this machine is a stand-in.
#include "launch/user_data.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/wait.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "aws/sigv4.h"
#include "testing/fake_aws.h"
#include "testing/fakes.h"
#include "testing/loopback_server.h"

namespace spawn::launch {
namespace {

namespace fs = std::filesystem;
using ::testing::HasSubstr;
using ::testing::Not;

constexpr std::string_view kPackage = "the package";
constexpr const char* kSecret = "role-SECRET-key";

class UserData : public ::testing::Test {
 protected:
  UserData() {
    std::string pattern = fs::temp_directory_path() / "spawn-user-data-XXXXXX";
    SPAWN_CHECK(mkdtemp(pattern.data()) != nullptr);
    folder_ = pattern;
    stand_in("apt-get",
             "echo apt-get \"${@:1:3}\" >>\"$LOG\"; [ \"$2\" != -y ] || cat \"$4\" >>\"$LOG\"");
    stand_in("systemctl", "echo systemctl \"$@\" >>\"$LOG\"");
    stand_in("dpkg-deb", "echo 1.2.3");
    stand_in("dpkg-query", "cat \"$LOG.installed\" 2>/dev/null");
  }
  ~UserData() override { fs::remove_all(folder_); }

  void stand_in(const std::string& name, const std::string& script) {
    std::ofstream(folder_ / name) << "#!/bin/bash\n" << script << '\n';
    fs::permissions(folder_ / name, fs::perms::owner_all);
  }
  [[nodiscard]] std::string text_of(const char* name) const {
    std::ostringstream text;
    text << std::ifstream(folder_ / name).rdbuf();
    return text.str();
  }
  // Its exit status; what it said is in said().
  int boot(const std::string& script) {
    std::ofstream(folder_ / "user-data") << script;
    const std::string command = fmt::format(
        "env -i PATH={0}:/usr/bin:/bin TMPDIR={0} LOG={0}/log "
        "AWS_EC2_METADATA_SERVICE_ENDPOINT={1} bash {0}/user-data >{0}/said 2>&1 </dev/null",
        folder_.string(), server_.url());
    return WEXITSTATUS(std::system(command.c_str()));
  }
  [[nodiscard]] std::string said() const { return text_of("said"); }
  [[nodiscard]] std::string done() const { return text_of("log"); }

  static std::string script(const PackageLink& link, const std::string& own = "") {
    const auto text = user_data(link, own);
    EXPECT_TRUE(text) << text.error().message;
    return text.value_or("");
  }
  [[nodiscard]] PackageLink link() const {
    return {server_.url() + "/agents/spored.deb?a=b&c='d'", aws::sigv4::sha256_hex(kPackage), false,
            ""};
  }
  PackageLink link_with_role() {
    aws_.set_metadata("/meta-data/iam/security-credentials/", "worker");
    aws_.set_metadata("/meta-data/iam/security-credentials/worker",
                      std::string(R"({"Code" : "Success", "AccessKeyId" : "ASIAROLE",)"
                                  R"( "SecretAccessKey" : ")") +
                          kSecret + R"(", "Token" : "role/token+=="})");
    aws_.require_signature_by(
        {"ASIAROLE", core::Secret(kSecret), core::Secret("role/token+=="), {}, "role"});
    return {server_.url() + "/agents/abc", aws::sigv4::sha256_hex(kPackage), true, "eu-west-1"};
  }

  fs::path folder_;
  testing::FakeClock clock_;
  testing::FakeAws aws_{clock_};
  bool is_s3_ = false;
  testing::LoopbackServer server_{[this](const http::Request& request) {
    const bool metadata = request.url.find("/latest/") != std::string::npos;
    if (metadata || is_s3_) {
      auto reply = aws_.send(request);
      if (!metadata && reply && reply->status == 404) reply->status = 200;  // signed as it must be
      if (!metadata && reply && reply->status == 200) reply->body = kPackage;
      return reply ? *reply : http::Reply();
    }
    http::Reply reply;
    reply.status = request.method == "GET" ? 200 : 405;
    reply.body = kPackage;
    return reply;
  }};
};

TEST_F(UserData, fetches_verifies_installs_and_starts_the_agent) {
  EXPECT_EQ(boot(script(link())), 0) << said();
  EXPECT_EQ(done(),
            "apt-get -q update\n"
            "apt-get -q -y install\n"
            "the packagesystemctl enable --now spored\n");
  EXPECT_EQ(said(),
            "spawn: fetching the agent\n"
            "spawn: installing spored 1.2.3\n"
            "spawn: spored 1.2.3 runs\n");
}

TEST_F(UserData, does_not_install_what_is_not_the_package) {
  PackageLink other = link();
  other.sha256 = aws::sigv4::sha256_hex("another package");
  EXPECT_EQ(boot(script(other)), 1);
  EXPECT_THAT(said(), HasSubstr("the agent is not what was staged (SHA-256 differs)"));
  EXPECT_EQ(done(), "");
}

TEST_F(UserData, says_that_the_agent_could_not_be_fetched) {
  stand_in("curl", "exit 22");
  EXPECT_EQ(boot(script(link())), 1);
  EXPECT_THAT(said(), HasSubstr("could not be fetched; the instance runs without it"));
}

TEST_F(UserData, installs_nothing_twice) {
  std::ofstream(folder_ / "log.installed") << "1.2.3";
  EXPECT_EQ(boot(script(link())), 0) << said();
  EXPECT_EQ(done(), "systemctl enable --now spored\n");
}

TEST_F(UserData, fetches_with_the_instances_role) {
  is_s3_ = true;
  EXPECT_EQ(boot(script(link_with_role())), 0) << said();
  EXPECT_THAT(done(), HasSubstr("the package"));
}

TEST_F(UserData, shows_the_roles_keys_to_nobody) {
  stand_in("curl", "echo \"$@\" >>\"$LOG\"; exec /usr/bin/curl \"$@\"");
  is_s3_ = true;
  EXPECT_EQ(boot(script(link_with_role())), 0) << said();
  for (const std::string& text : {done(), said()}) {
    EXPECT_THAT(text, Not(HasSubstr(kSecret)));
    EXPECT_THAT(text, Not(HasSubstr("role/token")));
    EXPECT_THAT(text, Not(HasSubstr("token-of-the-fake")));
  }
}

TEST_F(UserData, runs_the_persons_script_after_the_agent) {
  const std::string own = "#!/bin/sh\necho 'END' >>\"$LOG\"\nEND\n";
  EXPECT_EQ(boot(script(link(), own + "exit 7\n")), 7) << said();
  EXPECT_THAT(done(), ::testing::EndsWith("systemctl enable --now spored\nEND\n"));
}

TEST(UserDataText, is_as_small_as_ec2_wants_it) {
  const auto text = user_data({"https://x", "", false, ""}, "#!/bin/sh\n");
  ASSERT_TRUE(text);
  EXPECT_LT(text->size(), 4096U);
  const auto too_long = user_data({"https://x", "", false, ""}, "#!" + std::string(12000, 'x'));
  ASSERT_FALSE(too_long);
  EXPECT_THAT(too_long.error().message, HasSubstr("EC2 takes 16384"));
}

}  // namespace
}  // namespace spawn::launch
