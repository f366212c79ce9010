// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
#include "cli/launch_command.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <fstream>

#include "cli/spawn_commands.h"
#include "cli/test_commands.h"
#include "core/json.h"

namespace spawn::cli {
namespace {

using ::testing::AllOf;
using ::testing::Contains;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Key;
using ::testing::Not;
using ::testing::Pair;

class LaunchCommand : public CommandsTest {
 protected:
  LaunchCommand() {
    std::string pattern = std::filesystem::temp_directory_path() / "spawn-launch-XXXXXX";
    SPAWN_CHECK(mkdtemp(pattern.data()) != nullptr);
    package_folder_ = pattern;
    std::ofstream(package_folder_ + "/spored_0.1.0_amd64.deb") << "a package";
    env_.set("AWS_ACCESS_KEY_ID", "AKIAEXAMPLE");
    env_.set("AWS_SECRET_ACCESS_KEY", "SECRETEXAMPLE");
    env_.set("AWS_REGION", "us-east-1");
    env_.set("AWS_ENDPOINT_URL_S3", "http://s3.test");  // the fake wants the bucket in the path
    env_.set("AWS_CONFIG_FILE", "/no/such/file");
    env_.set("AWS_SHARED_CREDENTIALS_FILE", "/no/such/file");
    aws_.put_parameter("/aws/service/debian/release/12/latest/amd64", "ami-debian");
  }
  ~LaunchCommand() override { std::filesystem::remove_all(package_folder_); }

  int launch(std::vector<std::string> options) {
    options.insert(options.begin(), "launch");
    return spawn_commands(options, parts()).shell_code();
  }
  // What was asked of AWS, "ec2 RunInstances".
  [[nodiscard]] std::vector<std::string> asked() const {
    std::vector<std::string> calls;
    for (const auto& seen : aws_.seen()) calls.push_back(seen.service + " " + seen.operation);
    return calls;
  }
  [[nodiscard]] std::ptrdiff_t when(const std::string& call) const {
    const auto calls = asked();
    const auto at = std::ranges::find(calls, call);
    return at == calls.end() ? -1 : at - calls.begin();
  }
};

TEST_F(LaunchCommand, launches_debian_with_the_agent) {
  EXPECT_EQ(launch({"--instance-type", "t3.micro"}), 0) << err_.str();
  ASSERT_EQ(aws_.instances().size(), 1U);
  const auto instance = aws_.instances()[0];
  EXPECT_EQ(instance.image_id, "ami-debian");
  EXPECT_THAT(instance.user_data, HasSubstr("#!/bin/bash"));
  EXPECT_THAT(instance.tags, Contains(Pair("spawn:managed", "true")));
  EXPECT_THAT(instance.tags, Not(Contains(Key("spawn:job-array-id"))));
  EXPECT_NE(instance.client_token, "");
  EXPECT_THAT(out_.str(), HasSubstr(instance.id));
  EXPECT_THAT(err_.str(), HasSubstr("spawn: launched 1 × t3.micro in us-east-1 as launch-"));
}

TEST_F(LaunchCommand, publishes_the_launch_before_anything_can_boot) {
  EXPECT_EQ(launch({"--instance-type", "t3.micro"}), 0) << err_.str();
  EXPECT_GT(when("dynamodb PutItem"), 0);
  EXPECT_GT(when("ec2 RunInstances"), when("dynamodb PutItem"));
}

TEST_F(LaunchCommand, is_the_root_of_the_trace_that_its_instances_carry) {
  EXPECT_EQ(launch({"--instance-type", "t3.micro", "--count", "3", "--job-array-name", "nightly",
                    "--trace-sampling", "1"}),
            0)
      << err_.str();
  const auto root = log_.only("spawn launch");
  const auto run = log_.only("EC2.RunInstances");
  EXPECT_EQ(run.trace_id, root.trace_id);
  EXPECT_EQ(run.parent_id, root.span_id);
  EXPECT_EQ(root.text("error"), "false");
  ASSERT_EQ(aws_.instances().size(), 3U);
  const auto instances = aws_.instances();  // a copy
  for (const auto& instance : instances) {
    EXPECT_THAT(instance.tags,
                AllOf(Contains(Pair("spawn:traceparent", "00-" + root.trace_id.hex() + "-" +
                                                             root.span_id.hex() + "-03")),
                      Contains(Pair("spawn:job-array-id", root.text("spawn.job_array_id"))),
                      Contains(Pair("spawn:job-array-size", "3"))));
  }
  EXPECT_THAT(err_.str(), HasSubstr("trace " + root.trace_id.hex()));
}

TEST_F(LaunchCommand, is_not_traced_unless_asked) {
  EXPECT_EQ(launch({"--instance-type", "t3.micro"}), 0);
  EXPECT_EQ(sinks_made_, 0);
  EXPECT_THAT(aws_.instances()[0].tags, Not(Contains(Key("spawn:traceparent"))));
}

TEST_F(LaunchCommand, gives_machines_a_list_with_stable_names) {
  EXPECT_EQ(launch({"--instance-type", "t3.micro", "--count", "2", "--json"}), 0);
  const auto json = core::Json::parse(out_.str());
  ASSERT_TRUE(json) << out_.str();
  ASSERT_EQ(json->array()->size(), 2U);
  const core::Json& second = (*json->array())[1];
  EXPECT_EQ(second.text_at("instance_id"), aws_.instances()[1].id);
  EXPECT_EQ(*second.find("index")->integer(), 1);
  EXPECT_EQ(second.text_at("launch_id"), aws_.instances()[1].tags.at("spawn:launch-id"));
  EXPECT_TRUE(second.find("trace_id")->is_null());
}

TEST_F(LaunchCommand, prints_ids_alone_and_into_a_file) {
  const std::string ids = package_folder_ + "/ids";
  EXPECT_EQ(launch({"--instance-type", "t3.micro", "--count", "2", "--quiet", "--output-id", ids}),
            0);
  const std::string wanted = aws_.instances()[0].id + "\n" + aws_.instances()[1].id + "\n";
  EXPECT_EQ(out_.str(), wanted);
  EXPECT_EQ(*core::read_file(ids), wanted);
}

TEST_F(LaunchCommand, stages_the_package_once) {
  EXPECT_EQ(launch({"--instance-type", "t3.micro"}), 0);
  EXPECT_EQ(launch({"--instance-type", "t3.micro"}), 0);
  const auto calls = asked();
  EXPECT_EQ(std::ranges::count(calls, "s3 PUT"), 2);  // the bucket, and the object
  EXPECT_EQ(std::ranges::count(calls, "s3 HEAD"), 2);
}

TEST_F(LaunchCommand, puts_no_secret_into_user_data) {
  EXPECT_EQ(launch({"--instance-type", "t3.micro", "--iam-role", "worker"}), 0) << err_.str();
  EXPECT_THAT(aws_.instances()[0].user_data,
              AllOf(Not(HasSubstr("SECRETEXAMPLE")), Not(HasSubstr("AKIAEXAMPLE")),
                    Not(HasSubstr("X-Amz-"))));
}

TEST_F(LaunchCommand, links_to_the_package_for_a_short_time_where_no_role_fetches_it) {
  EXPECT_EQ(launch({"--instance-type", "t3.micro"}), 0) << err_.str();
  EXPECT_THAT(aws_.instances()[0].user_data,
              AllOf(HasSubstr("X-Amz-Expires=900"), HasSubstr("X-Amz-Signature="),
                    Not(HasSubstr("SECRETEXAMPLE")), Not(HasSubstr("Security-Token"))));
}

TEST_F(LaunchCommand, launches_nothing_whose_user_data_would_show_a_session_token) {
  env_.set("AWS_SESSION_TOKEN", "TOKENEXAMPLE");
  for (const char* place : {"", "s3://bucket/key"}) {
    err_.str("");
    std::vector<std::string> options = {"--instance-type", "t3.micro"};
    if (*place != 0) options.insert(options.end(), {"--agent-url", place});
    EXPECT_EQ(launch(options), 2);
    EXPECT_THAT(err_.str(),
                AllOf(HasSubstr("session token"), HasSubstr("--iam-role"), HasSubstr("--agent-url"),
                      HasSubstr("--no-agent"), Not(HasSubstr("TOKENEXAMPLE"))));
    EXPECT_EQ(std::ranges::count(err_.str(), '\n'), 1) << err_.str();
  }
  EXPECT_THAT(asked(), IsEmpty());
}

TEST_F(LaunchCommand, launches_with_temporary_credentials_what_needs_no_link_of_theirs) {
  env_.set("AWS_SESSION_TOKEN", "TOKENEXAMPLE");
  const std::vector<std::string> ways[] = {
      {"--iam-role", "worker"}, {"--agent-url", "https://example.com/spored.deb"}, {"--no-agent"}};
  for (const auto& way : ways) {
    std::vector<std::string> options = {"--instance-type", "t3.micro"};
    options.insert(options.end(), way.begin(), way.end());
    EXPECT_EQ(launch(options), 0) << err_.str();
    const std::string user_data = aws_.instances().back().user_data;
    for (const char* secret : {"SECRETEXAMPLE", "TOKENEXAMPLE", "AKIAEXAMPLE", "X-Amz-"}) {
      EXPECT_THAT(user_data, Not(HasSubstr(secret))) << way.front();
    }
  }
}

TEST_F(LaunchCommand, calls_nobody_when_what_was_typed_is_wrong) {
  const std::pair<std::vector<std::string>, std::string> mistakes[] = {
      {{"--instance-type", "t3.micro", "--count", "0"}, "--count: '0' is no whole number from 1"},
      {{"--instance-type", "t3.micro", "--tag", "spawn:tracing-enabled=yes"}, "'yes'"},
      {{"--instance-type", "t3.micro", "--tag", "spawn:tracing-sampling=2"}, "'2'"},
      {{"--instance-type", "t3.micro", "--output", "yaml"}, "--output: 'yaml'"},
      {{"--instance-type", "t3.micro", "--output-id", "/no/such/folder/ids"}, "--output-id"},
      {{"--instance-typ", "t3.micro"}, "did you mean '--instance-type'?"},
      {{}, "--instance-type is missing"}};
  for (const auto& [options, line] : mistakes) {
    err_.str("");
    EXPECT_EQ(launch(options), 2) << err_.str();
    EXPECT_THAT(err_.str(), HasSubstr(line));
    EXPECT_EQ(std::ranges::count(err_.str(), '\n'), 1) << err_.str();
  }
  EXPECT_THAT(asked(), IsEmpty());
  EXPECT_EQ(out_.str(), "");
}

TEST_F(LaunchCommand, launches_nothing_when_it_cannot_bring_the_agent) {
  EXPECT_EQ(launch({"--instance-type", "t4g.micro", "--ami", "ami-1"}), 3);
  EXPECT_THAT(err_.str(), HasSubstr("carries no agent for arm64"));
  EXPECT_THAT(err_.str(), HasSubstr("--agent-url, or --no-agent"));
  EXPECT_THAT(aws_.instances(), IsEmpty());
}

TEST_F(LaunchCommand, goes_on_without_the_registry_and_says_so) {
  aws_.inject("dynamodb", {testing::Fault::Kind::status, 100, 400});
  EXPECT_EQ(launch({"--instance-type", "t3.micro"}), 0) << err_.str();
  EXPECT_EQ(aws_.instances().size(), 1U);
  EXPECT_THAT(err_.str(), HasSubstr("the launch is not in the registry"));
}

TEST_F(LaunchCommand, launches_nothing_in_a_dry_run) {
  // The fake does not know DryRun; what counts is that nothing is written before it.
  (void)launch({"--instance-type", "t3.micro", "--dry-run"});
  EXPECT_EQ(when("dynamodb PutItem"), -1);
  EXPECT_EQ(when("s3 PUT"), -1);
}

TEST_F(LaunchCommand, stops_before_it_launches_when_interrupted) {
  sigset_t blocked;
  sigemptyset(&blocked);
  sigaddset(&blocked, SIGINT);
  pthread_sigmask(SIG_BLOCK, &blocked, nullptr);
  raise(SIGINT);
  const auto status = spawn_commands({"launch", "--instance-type", "t3.micro"}, parts());
  EXPECT_EQ(status.signal, SIGINT);
  EXPECT_THAT(err_.str(), HasSubstr("interrupted; nothing was launched"));
  EXPECT_THAT(aws_.instances(), IsEmpty());
}

TEST_F(LaunchCommand, names_what_may_have_been_launched_when_nobody_can_know) {
  aws_.inject("ec2", {testing::Fault::Kind::delay, 1});  // what it asks about the type is answered
  aws_.inject("ec2", {testing::Fault::Kind::truncated, 100});
  EXPECT_EQ(launch({"--instance-type", "t3.micro", "--ami", "ami-1", "--no-agent"}), 1);
  ASSERT_EQ(aws_.instances().size(), 1U) << "tried again with one token, it launched once";
  EXPECT_THAT(err_.str(), HasSubstr("it is not known whether instances were launched: look with "
                                    "'spawn list --tag spawn:launch-id=" +
                                    aws_.instances()[0].tags.at("spawn:launch-id") + "'"));
}

TEST_F(LaunchCommand, says_what_is_missing_without_an_account) {
  env_.unset("AWS_REGION");
  EXPECT_EQ(launch({"--instance-type", "t3.micro"}), 2);
  EXPECT_THAT(err_.str(), HasSubstr("AWS_REGION"));
}

}  // namespace
}  // namespace spawn::cli
