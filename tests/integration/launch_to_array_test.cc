// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
//
// The story that everything else serves: a person launches a job array, three agents find the
// trace, the work they were launched for is part of it, and X-Ray shows one tree. In one process,
// over FakeAws, on a fake clock: no socket, no sleeping.
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "agent/agent.h"
#include "agent/environment.h"
#include "agent/test_agent.h"
#include "aws/services/ec2.h"
#include "aws/services/ec2_context.h"
#include "aws/services/s3.h"
#include "aws/services/xray.h"
#include "handoff/context.h"
#include "handoff/dynamodb_registry.h"
#include "handoff/launch_id.h"
#include "http/body.h"
#include "xray/sink.h"

namespace spawn {
namespace {

using ::testing::Each;
using ::testing::SizeIs;

constexpr const char* kRegion = "eu-west-1";

// What X-Ray was given, as a tree.
struct Node {
  std::string name;
  std::string parent;
  std::string trace;
  bool is_segment = false;
};
using Tree = std::map<std::string, Node>;

class Story : public ::testing::Test {
 protected:
  // --- a person, at a terminal -------------------------------------------------------------------
  void a_person_launches_an_array_of_three() {
    telemetry::Span root = person_->tracer().start("spawn launch");
    const telemetry::Scope scope(root.context());
    launch_id_ = handoff::LaunchId::make("words", clock_.now().wall_ns, rng_);

    auto registry = *handoff::open_dynamodb_registry(*person_session_, person_->tracer());
    handoff::Row row;
    row.job_array_id = launch_id_->text();
    row.instance_id = handoff::kLaunchRow;
    row.registered_at = clock_.now().wall_ns / 1'000'000'000;
    row.expires_at = row.registered_at + handoff::kRowLives.count();
    const auto context = handoff::text_of(root.context().span, root.context().extras);
    row.traceparent = context.traceparent;
    row.tracestate = context.tracestate;
    ASSERT_TRUE(registry->publish_launch(row, core::Deadline::never()));

    aws::ec2::RunInstances request;
    request.image_id = "ami-1";
    request.instance_type = "t3.micro";
    request.count = 3;
    request.client_token = launch_id_->text().substr(0, 64);
    request.tags_in_metadata = true;
    request.tags = aws::ec2::context_tags(root.context().span, root.context().extras);
    for (const auto& [name, value] :
         {std::pair<std::string, std::string>{"spawn:tracing-enabled", "true"},
          {"spawn:launch-id", launch_id_->text()},
          {"spawn:job-array-id", launch_id_->text()},
          {"spawn:job-array-name", "words"},
          {"spawn:job-array-size", "3"},
          {"spawn:on-complete", "terminate"},
          {"spawn:command", "count words"}}) {
      request.tags[name] = value;
    }
    const auto instances = aws::ec2::run_instances(person_session_->caller(),
                                                   *person_session_->endpoint(aws::ec2::kService),
                                                   request, core::Deadline::never());
    ASSERT_TRUE(instances) << instances.error().message;
    ASSERT_EQ(instances->size(), 3U);
  }

  // --- three machines, somewhere -----------------------------------------------------------------
  void each_instance_boots_its_agent() {
    for (const auto& instance : aws_.instances()) {
      const auto index = static_cast<int>(agents_.size());
      become(instance, index);
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
    }
  }
  // The metadata service that this instance sees.
  void become(const testing::FakeEc2::Instance& instance, int index) {
    aws_.set_metadata("/dynamic/instance-identity/document",
                      fmt::format(R"({{"instanceId":"{}","region":"{}","pendingTime":
                                      "2026-01-02T03:04:00Z"}})",
                                  instance.id, kRegion));
    std::string names = "spawn:job-array-index\n";
    aws_.set_metadata("/meta-data/tags/instance/spawn:job-array-index", std::to_string(index));
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
      const auto telemetry = make_telemetry("workload");
      const auto session = make_session(telemetry->tracer());
      const telemetry::Scope scope({inherited.context->span, &inherited.context->extras, true});
      http::MemorySource body("7 words");
      aws::s3::NewObject object;
      object.name = {"results", "words/" + *env.get("JOB_ARRAY_INDEX")};
      ASSERT_TRUE(aws::s3::put_object(session->caller(), *session->endpoint(aws::s3::kService),
                                      object, body, core::Deadline::never()));
      clock_.advance(std::chrono::seconds(2));
      ASSERT_TRUE(telemetry->shutdown(core::Deadline::never()));
      machine->jobs.front()->ended = agent::ExitStatus{0, 0};
    }
  }
  void each_agent_ends_its_instance() {
    for (const auto& agent : agents_) {
      agent->step();
      EXPECT_TRUE(agent->done());
      agent->leave();
    }
    ASSERT_TRUE(person_->shutdown(core::Deadline::never()));
  }

  // --- what X-Ray knows --------------------------------------------------------------------------
  Tree tree() {
    Tree tree;
    for (const std::string& text : aws_.documents()) {
      const auto document = core::Json::parse(text);
      EXPECT_TRUE(document);
      tree[std::string(document->text_at("id"))] = {
          std::string(document->text_at("name")), std::string(document->text_at("parent_id")),
          std::string(document->text_at("trace_id")), document->text_at("type") != "subsegment"};
    }
    return tree;
  }
  static std::vector<std::string> ids_of(const Tree& tree, const std::string& name) {
    std::vector<std::string> ids;
    for (const auto& [id, node] : tree) {
      if (node.name == name) ids.push_back(id);
    }
    return ids;
  }
  // "spawn > spored > spored workload > S3": names from the root down.
  static std::string path_to(const Tree& tree, const std::string& id) {
    const auto node = tree.find(id);
    if (node == tree.end()) return "(nothing)";
    const std::string name = node->second.name;
    return node->second.parent.empty() ? name : path_to(tree, node->second.parent) + " > " + name;
  }
  std::vector<handoff::Row> rows() {
    const auto telemetry = make_telemetry("reader");
    const auto session = make_session(telemetry->tracer());
    const auto registry = *handoff::open_dynamodb_registry(*session, telemetry->tracer());
    return *registry->members(*launch_id_, core::Deadline::never());
  }

  // --- parts -------------------------------------------------------------------------------------
  std::unique_ptr<trace::SpanSink> make_xray_sink() {
    return std::make_unique<xray::XRaySink>(
        *exporter_,
        aws::Endpoint{*core::Url::parse("https://xray.eu-west-1.amazonaws.com/"), kRegion}, clock_,
        rng_);
  }
  std::unique_ptr<telemetry::Telemetry> make_telemetry(const std::string& service) {
    std::vector<telemetry::NamedSink> sinks;
    sinks.push_back({"xray", make_xray_sink()});
    trace::Resource resource;
    resource.set("service.name", service);
    return std::make_unique<telemetry::Telemetry>(std::move(sinks), trace::Rate::always(), resource,
                                                  clock_, rng_);
  }
  std::unique_ptr<aws::Session> make_session(telemetry::Tracer& tracer) {
    return *aws::Session::make({kRegion, "", false, "1"}, {env_, aws_, clock_, rng_}, &tracer);
  }

  testing::FakeClock clock_;
  testing::FakeAws aws_{clock_};
  testing::FakeRng rng_;
  testing::SpanLog log_;
  testing::FakeEnv env_{{"AWS_ACCESS_KEY_ID", aws::kTestKeyId},
                        {"AWS_SECRET_ACCESS_KEY", aws::kTestSecret}};
  aws::FixedCredentials credentials_;
  std::unique_ptr<aws::Caller> exporter_ =
      aws::make_plain_stack({aws_, credentials_, clock_, rng_, aws::RetryPolicy{}});
  std::unique_ptr<telemetry::Telemetry> person_ = make_telemetry("spawn");
  std::unique_ptr<aws::Session> person_session_ = make_session(person_->tracer());
  std::optional<handoff::LaunchId> launch_id_;
  std::vector<std::unique_ptr<agent::FakeMachine>> machines_;
  std::vector<std::unique_ptr<agent::Agent>> agents_;
};

TEST_F(Story, from_one_launch_to_every_instance_and_its_work_it_is_one_trace) {
  a_person_launches_an_array_of_three();
  each_instance_boots_its_agent();
  each_command_counts_words_and_puts_the_result_into_s3();
  each_agent_ends_its_instance();

  const Tree tree = this->tree();
  std::set<std::string> traces;
  for (const auto& [id, node] : tree) traces.insert(node.trace);
  EXPECT_THAT(traces, SizeIs(1));

  EXPECT_THAT(ids_of(tree, "spawn"), SizeIs(1));
  EXPECT_THAT(ids_of(tree, "spored"), SizeIs(3));
  for (const auto& [name, path, count] :
       {std::tuple{"spored", "spawn > spored", 3},
        {"spored workload", "spawn > spored > spored workload", 3},
        {"workload", "spawn > spored > spored workload > workload", 3},
        {"spored terminate", "spawn > spored > spored terminate", 3}}) {
    const auto ids = ids_of(tree, name);
    EXPECT_THAT(ids, SizeIs(count)) << name;
    for (const std::string& id : ids) EXPECT_EQ(path_to(tree, id), path);
  }
  std::multiset<std::string> paths;
  for (const auto& [id, node] : tree) {
    if (node.name == "DynamoDB" || node.name == "EC2" || node.name == "S3") {
      paths.insert(path_to(tree, id));
    }
  }
  EXPECT_EQ(paths.count("spawn > EC2"), 1U) << "RunInstances";
  EXPECT_EQ(paths.count("spawn > DynamoDB"), 4U) << "the first launch makes the table";
  EXPECT_EQ(paths.count("spawn > spored > DynamoDB"), 12U)
      << "each reads the launch row, registers, looks for the others, and says it is complete";
  EXPECT_EQ(paths.count("spawn > spored > spored terminate > EC2"), 3U);

  const auto members = rows();
  ASSERT_THAT(members, SizeIs(3));
  for (std::size_t i = 0; i < members.size(); ++i) {
    EXPECT_EQ(members[i].index, static_cast<std::int64_t>(i));
    EXPECT_EQ(members[i].status, "completed");
    EXPECT_EQ(members[i].exit_code, 0);
    EXPECT_EQ(members[i].provider, "ec2");
  }
  for (const auto& instance : aws_.instances()) EXPECT_EQ(instance.state, "terminated");
}

}  // namespace
}  // namespace spawn
