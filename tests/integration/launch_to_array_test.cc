// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
//
// The story that everything else serves: a person launches a job array, three agents find the
// trace, the work they were launched for is part of it, and X-Ray shows one tree. In one process,
// over FakeAws, on a fake clock: no socket, no sleeping. The command, the agents, the registry and
// the exporter are the real ones.
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <memory>
#include <set>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "agent/agent.h"
#include "agent/environment.h"
#include "agent/test_agent.h"
#include "aws/services/s3.h"
#include "cli/spawn_commands.h"
#include "cli/test_commands.h"
#include "core/json.h"
#include "http/body.h"
#include "launch/policy.h"
#include "xray/sink.h"

namespace spawn {
namespace {

using ::testing::IsSubsetOf;
using ::testing::SizeIs;

constexpr const char* kRegion = "eu-west-1";

class Story : public cli::CommandsTest {
 protected:
  Story() {
    env_.set("AWS_ACCESS_KEY_ID", aws::kTestKeyId);
    env_.set("AWS_SECRET_ACCESS_KEY", aws::kTestSecret);
    env_.set("AWS_REGION", kRegion);
    env_.set("AWS_ENDPOINT_URL_S3", "http://s3.test");  // the fake wants the bucket in the path
    env_.set("AWS_CONFIG_FILE", "/no/such/file");
    env_.set("AWS_SHARED_CREDENTIALS_FILE", "/no/such/file");
    aws_.put_parameter("/aws/service/debian/release/12/latest/amd64", "ami-debian");
    packages_.write("spored_0.1.0_amd64.deb", "a package");
    package_folder_ = packages_.path();
  }

  // --- a person, at a terminal -------------------------------------------------------------------
  // What the command printed, read as JSON.
  core::Json a_person_types(const std::vector<std::string>& words) {
    cli::Parts parts = this->parts();
    parts.make_sinks = [this](const config::Settings&) { return sinks(); };
    out_.str("");
    const auto status = cli::spawn_commands(words, parts);
    EXPECT_EQ(status.shell_code(), 0) << err_.str();
    const auto printed = core::Json::parse(out_.str());
    EXPECT_TRUE(printed) << out_.str();
    return printed.value_or(core::Json());
  }

  // --- three machines, somewhere -----------------------------------------------------------------
  void each_instance_boots_its_agent() {
    for (const auto& instance : aws_.instances()) {
      become(instance);
      machines_.push_back(
          std::make_unique<agent::FakeMachine>(clock_, aws_, log_, 100 + machines_.size()));
      agent::FakeMachine& machine = *machines_.back();
      machine.env.set("AWS_EC2_METADATA_SERVICE_ENDPOINT", "http://169.254.169.254");
      machine.make_sink = [this] { return make_xray_sink(); };
      config::Sources sources;
      sources.file = "/no/such/file";
      agents_.push_back(std::make_unique<agent::Agent>(sources, machine.parts()));
      ASSERT_TRUE(agents_.back()->find_out());
      agents_.back()->boot();
      ASSERT_THAT(machine.jobs, SizeIs(1)) << "the command runs";
      EXPECT_THAT(machine.notes, ::testing::IsEmpty());
    }
  }
  // The metadata service that this instance sees.
  void become(const testing::FakeEc2::Instance& instance) {
    aws_.set_metadata("/dynamic/instance-identity/document",
                      fmt::format(R"({{"instanceId":"{}","region":"{}","pendingTime":
                                      "2026-01-02T03:04:00Z"}})",
                                  instance.id, kRegion));
    aws_.set_metadata("/meta-data/ami-launch-index", std::to_string(instance.launch_index));
    std::string names;
    for (const auto& [name, value] : instance.tags) {
      names += name + "\n";
      aws_.set_metadata("/meta-data/tags/instance/" + name, value);
    }
    aws_.set_metadata("/meta-data/tags/instance", names);
  }

  // --- the work ----------------------------------------------------------------------------------
  // A program with a traced client of its own, which knows no more than its environment.
  void each_command_counts_words_and_puts_the_result_into_s3() {
    for (const auto& machine : machines_) {
      testing::FakeEnv env;
      for (const std::string& entry : machine->jobs.front()->request.environment.entries()) {
        env.set(entry.substr(0, entry.find('=')), entry.substr(entry.find('=') + 1));
      }
      const auto inherited = agent::context_from(env, trace::Rate::never());
      ASSERT_TRUE(inherited.context);
      trace::Resource resource;
      resource.set("service.name", "wordcount");
      telemetry::Telemetry telemetry(sinks(), trace::Rate::always(), resource, clock_, rng_);
      const auto session = *aws::Session::make({kRegion, "", false, "1"},
                                               {env_, aws_, clock_, rng_}, &telemetry.tracer());
      const telemetry::Scope scope({inherited.context->span, &inherited.context->extras, true});
      http::MemorySource body("7 words");
      aws::s3::NewObject object;
      object.name = {"results", "words/" + *env.get("JOB_ARRAY_INDEX")};
      ASSERT_TRUE(aws::s3::put_object(session->caller(), *session->endpoint(aws::s3::kService),
                                      object, body, core::Deadline::never()));
      clock_.advance(std::chrono::seconds(2));
      ASSERT_TRUE(telemetry.shutdown(core::Deadline::never()));
      machine->jobs.front()->ended = agent::ExitStatus{0, 0};
    }
  }
  void each_agent_ends_its_instance() {
    for (const auto& agent : agents_) {
      agent->step();
      EXPECT_TRUE(agent->done());
      agent->leave();
    }
    for (const auto& instance : aws_.instances()) EXPECT_EQ(instance.state, "terminated");
  }

  // --- what IAM must allow -----------------------------------------------------------------------
  // Every action since the call of that number, as IAM calls it.
  std::set<std::string> actions_since(std::size_t first) {
    std::set<std::string> actions;
    const auto seen = aws_.seen();
    for (std::size_t i = first; i < seen.size(); ++i) {
      const auto& [service, operation, path] =
          std::tie(seen[i].service, seen[i].operation, seen[i].path);
      if (service.empty() || service == "sts") continue;  // the metadata service; allowed to all
      if (service != "s3") {
        actions.insert(fmt::format("{}:{}", service, operation));
      } else if (operation == "PUT") {
        const bool is_object = path.find('/', 1) != std::string::npos;
        actions.insert(is_object ? "s3:PutObject" : "s3:CreateBucket");
      } else {
        actions.insert("s3:GetObject");
      }
    }
    return actions;
  }
  static std::set<std::string> allowed_to(launch::PolicyFor who) {
    std::set<std::string> actions;
    launch::PolicyRequest request;
    request.who = who;
    request.xray = true;
    const auto policy = core::Json::parse(launch::iam_policy(request));
    for (const core::Json& statement : *policy->find("Statement")->array()) {
      for (const core::Json& action : *statement.find("Action")->array()) {
        actions.insert(*action.string());
      }
    }
    return actions;
  }

  // --- what X-Ray knows --------------------------------------------------------------------------
  struct Node {
    std::string id;
    std::string parent;
    std::string name;  // "EC2.RunInstances", "spored workload"
  };
  static void add_nodes(const core::Json& segment, std::string_view parent,
                        std::vector<Node>& nodes) {
    std::string name(segment.text_at("name"));
    const core::Json* aws = segment.find("aws");
    if (aws != nullptr && !aws->text_at("operation").empty()) {
      name += fmt::format(".{}", aws->text_at("operation"));
    }
    const std::string id(segment.text_at("id"));
    nodes.push_back({id, std::string(parent), std::move(name)});
    const core::Json* subsegments = segment.find("subsegments");
    if (subsegments == nullptr) return;
    for (const core::Json& subsegment : *subsegments->array()) add_nodes(subsegment, id, nodes);
  }
  std::vector<Node> nodes() {
    std::vector<Node> nodes;
    for (const std::string& text : aws_.documents()) {
      const auto document = core::Json::parse(text);
      EXPECT_TRUE(document);
      add_nodes(*document, document->text_at("parent_id"), nodes);
    }
    return nodes;
  }
  std::set<std::string> traces() {
    std::set<std::string> ids;
    for (const std::string& text : aws_.documents()) {
      ids.emplace(core::Json::parse(text)->text_at("trace_id"));
    }
    return ids;
  }
  // What is below a node, a line each, indented; what looks the same is drawn once and counted.
  // Each call was tried once, which need not be read again and again.
  static std::string drawn(const std::vector<Node>& nodes, const std::string& parent = "",
                           std::size_t depth = 0) {
    std::vector<std::pair<std::string, int>> blocks;
    for (const Node& node : nodes) {
      if (node.parent != parent || node.name == "attempt 1") continue;
      const std::string block = node.name + "\n" + drawn(nodes, node.id, depth + 1);
      const auto same = std::ranges::find(blocks, block, &std::pair<std::string, int>::first);
      if (same == blocks.end()) {
        blocks.emplace_back(block, 1);
      } else {
        ++same->second;
      }
    }
    std::string text;
    for (const auto& [block, count] : blocks) {
      text += std::string(2 * depth, ' ') + (count > 1 ? fmt::format("{} × ", count) : "") + block;
    }
    return text;
  }

  // --- parts -------------------------------------------------------------------------------------
  std::unique_ptr<trace::SpanSink> make_xray_sink() {
    return std::make_unique<xray::XRaySink>(
        *exporter_,
        aws::Endpoint{*core::Url::parse("https://xray.eu-west-1.amazonaws.com/"), kRegion}, clock_,
        rng_);
  }
  std::vector<telemetry::NamedSink> sinks() {
    std::vector<telemetry::NamedSink> sinks;
    sinks.push_back({"xray", make_xray_sink()});
    return sinks;
  }

  aws::TemporaryFolder packages_;
  aws::FixedCredentials credentials_;
  std::unique_ptr<aws::Caller> exporter_ =
      aws::make_plain_stack({aws_, credentials_, clock_, rng_, aws::RetryPolicy{}});
  std::vector<std::unique_ptr<agent::FakeMachine>> machines_;
  std::vector<std::unique_ptr<agent::Agent>> agents_;
};

TEST_F(Story, from_one_launch_to_every_instance_and_its_work_it_is_one_trace) {
  const core::Json launched = a_person_types(
      {"launch", "--instance-type", "t3.micro", "--count", "3", "--job-array-name", "words",
       "--iam-role", "worker", "--command", "count words", "--on-complete", "terminate", "--tag",
       "spawn:tracing-enabled=true", "--tag", "spawn:tracing-sampling=1", "--json"});
  ASSERT_THAT(*launched.array(), SizeIs(3));
  const std::string launch_id((*launched.array())[0].text_at("launch_id"));
  EXPECT_THAT(actions_since(0), IsSubsetOf(allowed_to(launch::PolicyFor::person)));

  std::size_t calls = aws_.seen().size();
  each_instance_boots_its_agent();
  EXPECT_THAT(actions_since(calls), IsSubsetOf(allowed_to(launch::PolicyFor::instance)));
  each_command_counts_words_and_puts_the_result_into_s3();
  calls = aws_.seen().size();
  each_agent_ends_its_instance();
  EXPECT_THAT(actions_since(calls), IsSubsetOf(allowed_to(launch::PolicyFor::instance)));

  EXPECT_THAT(traces(), SizeIs(1));
  EXPECT_EQ(drawn(nodes()), R"(spawn
  EC2.DescribeInstanceTypes
  SSM.GetParameter
  STS.GetCallerIdentity
  S3.HeadObject
  S3.CreateBucket
  S3.PutObject
  2 × DynamoDB.PutItem
  DynamoDB.CreateTable
  DynamoDB.UpdateTimeToLive
  EC2.RunInstances
  wait DynamoDB.TableExists
    DynamoDB.DescribeTable
  3 × spored
    DynamoDB.GetItem
    DynamoDB.PutItem
    DynamoDB.Query
    DynamoDB.UpdateItem
    spored workload
      wordcount
        S3.PutObject
    spored terminate
      DynamoDB.UpdateItem
      EC2.TerminateInstances
)");

  const core::Json members = a_person_types({"status", "--job-array-id", launch_id, "--json"});
  ASSERT_THAT(*members.array(), SizeIs(3));
  for (int index = 0; index < 3; ++index) {
    const core::Json& member = (*members.array())[static_cast<std::size_t>(index)];
    EXPECT_EQ(*member.find("index")->integer(), index);
    EXPECT_EQ(member.text_at("state"), "completed");
    EXPECT_EQ(*member.find("exit_code")->integer(), 0);
    EXPECT_EQ(member.text_at("provider"), "ec2");
    EXPECT_EQ(member.text_at("trace_id"), (*launched.array())[0].text_at("trace_id"));
  }
}

}  // namespace
}  // namespace spawn
