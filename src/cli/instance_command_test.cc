// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
#include "cli/instance_command.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "aws/services/ec2.h"
#include "cli/spawn_commands.h"
#include "cli/test_commands.h"
#include "core/json.h"
#include "handoff/open_registry.h"

namespace spawn::cli {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

class InstanceCommands : public CommandsTest {
 protected:
  InstanceCommands() {
    env_.set("AWS_ACCESS_KEY_ID", "AKIAEXAMPLE");
    env_.set("AWS_SECRET_ACCESS_KEY", "SECRETEXAMPLE");
    env_.set("AWS_REGION", "us-east-1");
    env_.set("AWS_CONFIG_FILE", "/no/such/file");
    env_.set("AWS_SHARED_CREDENTIALS_FILE", "/no/such/file");
    EXPECT_EQ(run({"launch", "--instance-type", "t3.micro", "--ami", "ami-1", "--no-agent",
                   "--count", "3", "--job-array-name", "nightly"}),
              0)
        << err_.str();
    id_ = aws_.instances()[0].tags.at("spawn:launch-id");
    EXPECT_EQ(run({"launch", "--instance-type", "t3.micro", "--ami", "ami-1", "--no-agent",
                   "--name", "alone", "--tag", "team=blue"}),
              0);
    clear();
  }
  void clear() {
    out_.str("");
    err_.str("");
  }
  int run(const std::vector<std::string>& arguments) {
    clear();
    return spawn_commands(arguments, parts()).shell_code();
  }
  [[nodiscard]] std::string instance(std::size_t n) const { return aws_.instances()[n].id; }
  [[nodiscard]] std::vector<std::string> states() const {
    std::vector<std::string> states;
    for (const auto& instance : aws_.instances()) states.push_back(instance.state);
    return states;
  }
  std::unique_ptr<aws::Session> make_session() {
    return std::move(*aws::Session::make({}, {env_, aws_, clock_, rng_}, nullptr));
  }
  // As an agent does it.
  void register_member(std::size_t n, std::string_view status) {
    telemetry::Telemetry off({}, trace::Rate::never(), {}, clock_, rng_);
    const auto session = make_session();
    const auto registry = handoff::open_registry(session.get(), off.tracer(), env_);
    handoff::Row row;
    row.job_array_id = id_;
    row.instance_id = instance(n);
    row.index = static_cast<std::int64_t>(n);
    row.provider = "ec2";
    row.status = status;
    row.registered_at = row.last_heartbeat = clock_.now().wall_ns / 1'000'000'000;
    row.expires_at = row.registered_at + 3600;
    row.traceparent = "00-65f0a1b2c3d4e5f60718293a4b5c6d7e-00f067aa0ba902b7-01";
    ASSERT_TRUE((*registry)->register_member(row, core::Deadline::never()));
  }

  std::string id_;
};

TEST_F(InstanceCommands, list_shows_what_spawn_launched) {
  EXPECT_EQ(run({"list", "--quiet"}), 0) << err_.str();
  EXPECT_EQ(out_.str().size(), 4 * (instance(0).size() + 1));
  EXPECT_EQ(run({"list"}), 0);
  EXPECT_THAT(out_.str(), HasSubstr("INSTANCE"));
  EXPECT_THAT(out_.str(), HasSubstr("nightly"));
}

TEST_F(InstanceCommands, list_filters) {
  EXPECT_EQ(run({"list", "--quiet", "--tag", "team=blue"}), 0);
  EXPECT_EQ(out_.str(), instance(3) + "\n");
  EXPECT_EQ(run({"list", "--quiet", "--job-array-name", "nightly"}), 0);
  EXPECT_EQ(out_.str(), instance(0) + "\n" + instance(1) + "\n" + instance(2) + "\n");
  EXPECT_EQ(run({"list", "--quiet", "--state", "stopped"}), 0);
  EXPECT_EQ(out_.str(), "");
  EXPECT_EQ(run({"list", "--state", "runing"}), 2);
  EXPECT_THAT(err_.str(), HasSubstr("did you mean 'running'?"));
}

TEST_F(InstanceCommands, status_shows_every_member_of_an_array) {
  register_member(0, "completed");
  register_member(1, "running");
  clock_.advance(std::chrono::seconds(60));
  EXPECT_EQ(run({"status", "--job-array-id", id_, "--json"}), 0) << err_.str();
  const auto json = core::Json::parse(out_.str());
  ASSERT_TRUE(json);
  ASSERT_EQ(json->array()->size(), 3U) << out_.str();
  const auto& members = *json->array();
  EXPECT_EQ(members[0].text_at("state"), "completed");
  EXPECT_EQ(members[0].text_at("trace_id"), "65f0a1b2c3d4e5f60718293a4b5c6d7e");
  EXPECT_EQ(members[1].text_at("state"), "straggler");
  EXPECT_EQ(*members[1].find("heartbeat_age_s")->integer(), 60);
  EXPECT_EQ(members[2].text_at("state"), "starting");
  EXPECT_THAT(err_.str(), HasSubstr("1 completed, 1 starting, 1 straggler"));
}

TEST_F(InstanceCommands, status_shows_how_an_array_ended) {
  EXPECT_EQ(run({"terminate", "--job-array-id", id_}), 0) << err_.str();
  EXPECT_EQ(run({"status", "--job-array-name", "nightly", "--quiet"}), 0) << err_.str();
  EXPECT_EQ(out_.str(), instance(0) + "\n" + instance(1) + "\n" + instance(2) + "\n");
  EXPECT_EQ(run({"status", "--job-array-name", "numbers"}), 3);
  EXPECT_THAT(err_.str(), HasSubstr("spawn launched no job array 'numbers', or it is gone"));
}

TEST_F(InstanceCommands, status_finds_one_instance_by_id_or_name) {
  register_member(1, "running");
  EXPECT_EQ(run({"status", instance(1), "--quiet"}), 0) << err_.str();
  EXPECT_EQ(out_.str(), instance(1) + "\n");
  EXPECT_EQ(run({"status", "alone", "--quiet"}), 0) << err_.str();
  EXPECT_EQ(out_.str(), instance(3) + "\n");
  EXPECT_EQ(run({"status", id_, "--quiet"}), 0) << err_.str();
  EXPECT_EQ(out_.str().size(), 3 * (instance(0).size() + 1));
}

TEST_F(InstanceCommands, say_what_they_do_not_find_and_end_3) {
  for (const char* command : {"status", "terminate", "stop", "start"}) {
    EXPECT_EQ(run({command, "i-0123456789"}), 3) << command << err_.str();
    EXPECT_THAT(err_.str(), HasSubstr("spawn launched no instance 'i-0123456789' in us-east-1"));
  }
  EXPECT_EQ(run({"status", "--job-array-id", "no-such-launch"}), 3);
  EXPECT_THAT(err_.str(), HasSubstr("no registry knows the launch 'no-such-launch'"));
}

TEST_F(InstanceCommands, ask_which_when_nothing_was_named) {
  for (const char* command : {"status", "terminate", "stop", "start"}) {
    EXPECT_EQ(run({command}), 2);
    EXPECT_THAT(err_.str(), HasSubstr("Give an instance's id or name, or --job-array-id"));
  }
}

TEST_F(InstanceCommands, stop_start_and_terminate_change_those_that_are_meant) {
  EXPECT_EQ(run({"stop", "--job-array-id", id_}), 0) << err_.str();
  EXPECT_THAT(states(), ElementsAre("stopped", "stopped", "stopped", "running"));
  EXPECT_EQ(run({"start", instance(1)}), 0) << err_.str();
  EXPECT_THAT(states(), ElementsAre("stopped", "running", "stopped", "running"));
  EXPECT_EQ(run({"terminate", "alone"}), 0) << err_.str();
  EXPECT_THAT(states(), ElementsAre("stopped", "running", "stopped", "terminated"));
  EXPECT_THAT(out_.str(), HasSubstr("terminated"));
}

TEST_F(InstanceCommands, extend_counts_from_now) {
  clock_.advance(std::chrono::hours(1));
  EXPECT_EQ(run({"extend", "alone", "--ttl", "2h"}), 0) << err_.str();
  EXPECT_EQ(aws_.instances()[3].tags.at("spawn:ttl"), "3h");
  EXPECT_THAT(out_.str(), HasSubstr("no end"));
  EXPECT_EQ(run({"extend", "alone", "--ttl", "soon"}), 2);
  EXPECT_THAT(err_.str(), HasSubstr("--ttl: 'soon' is no length of time"));
}

TEST_F(InstanceCommands, never_touch_what_spawn_did_not_launch) {
  const auto session = make_session();
  const auto endpoint = session->endpoint(aws::ec2::kService);
  aws::ec2::RunInstances request;
  request.image_id = "ami-1";
  request.instance_type = "t3.micro";
  request.tags = {{"Name", "precious"}};
  ASSERT_TRUE(
      aws::ec2::run_instances(session->caller(), *endpoint, request, core::Deadline::never()));
  EXPECT_EQ(run({"terminate", "precious"}), 3);
  EXPECT_EQ(run({"terminate", instance(4)}), 3);
  EXPECT_EQ(states().back(), "running");
  EXPECT_EQ(run({"list", "--json"}), 0);
  EXPECT_THAT(out_.str(), Not(HasSubstr("precious")));
}

}  // namespace
}  // namespace spawn::cli
