// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
#include "agent/agent.h"

#include <signal.h>

#include "agent/test_agent.h"
#include "aws/services/ec2.h"
#include "config/keys.h"
#include "trace/traceparent.h"

namespace spawn::agent {
namespace {

using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;
using ::testing::AllOf;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

constexpr const char* kLaunch = "00-65f0000011112222333344445555aaaa-00f067aa0ba902b7-01";
constexpr const char* kUnsampledLaunch = "00-65f0000011112222333344445555aaaa-00f067aa0ba902b7-00";

class AgentTest : public ::testing::Test {
 protected:
  AgentTest() {
    // As `spawn launch` does before the instance is there.
    handoff::Row row;
    row.job_array_id = "words";
    row.instance_id = handoff::kLaunchRow;
    row.registered_at = now_s();
    row.expires_at = now_s() + 3600;
    row.traceparent = kLaunch;
    row.tracestate = "ot=th:8";
    SPAWN_CHECK(registry_.publish_launch(row, core::Deadline::never()));
  }

  static config::Tags member_tags() {
    return {{"spawn:tracing-enabled", "true"},
            {"spawn:launch-id", "words"},
            {"spawn:job-array-id", "words"},
            {"spawn:job-array-name", "words"},
            {"spawn:job-array-index", "2"},
            {"spawn:job-array-size", "3"},
            {"spawn:instance-id", "local-2"},
            {"spawn:command", "wc -w \"$FILE\""},
            {"spawn:completion-file", "/nowhere/SPAWN_COMPLETE"}};
  }
  static config::Tags with(config::Tags tags, const config::Tags& more) {
    for (const auto& [name, value] : more) tags[name] = value;
    return tags;
  }
  void boot(const config::Tags& tags) {
    agent_.emplace(machine_.settings(tags), machine_.parts());
    const auto found = agent_->find_out();
    ASSERT_TRUE(found) << found.error().message;
    agent_->boot();
  }
  // As on an EC2 instance, whose metadata service tells the tags.
  void boot_instance(const config::Tags& tags, const std::string& life_cycle = "on-demand") {
    machine_.env.set("AWS_EC2_METADATA_SERVICE_ENDPOINT", "http://169.254.169.254");
    aws::ec2::RunInstances launch;
    launch.image_id = "ami-1";
    launch.instance_type = "t3.micro";
    const auto launched = aws::ec2::run_instances(
        *caller_, {*core::Url::parse("https://ec2.eu-west-1.amazonaws.com/"), "eu-west-1"}, launch,
        core::Deadline::never());
    ASSERT_TRUE(launched) << launched.error().message;
    instance_id_ = launched->front().id;
    aws_.set_metadata(
        "/dynamic/instance-identity/document",
        R"({"instanceId":")" + instance_id_ + R"(","region":"eu-west-1","accountId":"123456789012",
                          "availabilityZone":"eu-west-1a","instanceType":"t3.micro",
                          "imageId":"ami-1","privateIp":"10.0.0.7",
                          "pendingTime":"2026-01-02T03:04:00Z"})");
    aws_.set_metadata("/meta-data/instance-life-cycle", life_cycle);
    std::string names;
    for (const auto& [name, value] : tags) {
      names += name + "\n";
      aws_.set_metadata("/meta-data/tags/instance/" + name, value);
    }
    aws_.set_metadata("/meta-data/tags/instance", names);
    config::Sources sources;
    sources.file = "/no/such/file";
    agent_.emplace(sources, machine_.parts());
    const auto found = agent_->find_out();
    ASSERT_TRUE(found) << found.error().message;
    agent_->boot();
  }
  static config::Tags instance_tags() {
    config::Tags tags = member_tags();
    tags.erase("spawn:instance-id");
    return tags;
  }
  void pass(core::Nanos time) {
    clock_.advance(time);
    agent_->step();
  }
  void end_command(int code) {
    machine_.jobs.front()->ended = ExitStatus{code, 0};
    agent_->step();
  }
  std::vector<std::string> span_names() {
    EXPECT_TRUE(agent_->handle(request("status")));
    agent_->leave();
    std::vector<std::string> names;
    for (const auto& span : log_.spans()) names.push_back(span.name);
    return names;
  }
  static core::Json request(const std::string& command,
                            std::initializer_list<std::pair<std::string, std::string>> more = {}) {
    core::Json::Object object{{"command", core::Json(command)}};
    for (const auto& [name, value] : more) object.emplace_back(name, core::Json(value));
    return core::Json(std::move(object));
  }
  std::string setting(const std::string& name) {
    const auto answer = agent_->handle(request("config-get", {{"key", name}}));
    return answer ? std::string(answer->text_at("value")) : answer.error().message;
  }
  handoff::Row row() {
    const auto rows =
        registry_.members(*handoff::LaunchId::parse("words"), core::Deadline::never());
    EXPECT_TRUE(rows && rows->size() == 1);
    return rows && !rows->empty() ? rows->front() : handoff::Row();
  }
  std::int64_t now_s() { return clock_.now().wall_ns / 1'000'000'000; }
  std::size_t calls_of(const std::string& operation) {
    std::size_t count = 0;
    for (const auto& seen : aws_.seen()) count += seen.operation == operation ? 1 : 0;
    return count;
  }

  testing::FakeClock clock_;
  testing::FakeAws aws_{clock_};
  testing::SpanLog log_;
  FakeMachine machine_{clock_, aws_, log_};
  aws::FixedCredentials credentials_;
  testing::FakeRng rng_;
  trace::Resource resource_;
  telemetry::Tracer no_tracer_{nullptr, trace::Rate::never(), resource_, clock_, rng_};
  std::unique_ptr<aws::Caller> caller_ =
      aws::make_plain_stack({aws_, credentials_, clock_, rng_, aws::RetryPolicy{}});
  handoff::DynamoDbRegistry registry_{
      *caller_,
      {*core::Url::parse("https://dynamodb.eu-west-1.amazonaws.com/"), "eu-west-1"},
      no_tracer_};
  std::optional<Agent> agent_;
  std::string instance_id_;
};

TEST_F(AgentTest, a_boot_is_part_of_the_launchs_trace_with_every_call_it_made) {
  boot(member_tags());
  agent_->leave();
  const auto boot_span = log_.only("spored boot");
  EXPECT_EQ(boot_span.trace_id.hex(), "65f0000011112222333344445555aaaa");
  EXPECT_EQ(boot_span.parent_id.hex(), "00f067aa0ba902b7");
  EXPECT_TRUE(boot_span.parent_remote);
  EXPECT_EQ(boot_span.text("spawn.context_source"), "registry");
  for (const char* call : {"DynamoDB.GetItem", "DynamoDB.PutItem", "DynamoDB.Query"}) {
    const auto span = log_.only(call);
    EXPECT_EQ(span.trace_id, boot_span.trace_id) << call;
    EXPECT_EQ(span.parent_id, boot_span.span_id) << call;
    EXPECT_EQ(span.text("spawn.instance_id"), "local-2") << call;
    EXPECT_EQ(span.text("spawn.job_array_id"), "words") << call;
    EXPECT_EQ(span.text("spawn.job_array_index"), "2") << call;
  }
  EXPECT_THAT(machine_.notes, IsEmpty());
}

TEST_F(AgentTest, the_command_finds_the_trace_and_its_place_in_the_array) {
  boot(member_tags());
  EXPECT_THAT(machine_.jobs.front()->request.arguments,
              ElementsAre("/bin/sh", "-c", "wc -w \"$FILE\""));
  EXPECT_EQ(machine_.environment_of_job("JOB_ARRAY_ID"), "words");
  EXPECT_EQ(machine_.environment_of_job("JOB_ARRAY_NAME"), "words");
  EXPECT_EQ(machine_.environment_of_job("JOB_ARRAY_INDEX"), "2");
  EXPECT_EQ(machine_.environment_of_job("JOB_ARRAY_SIZE"), "3");
  EXPECT_EQ(machine_.environment_of_job("TASK_ARRAY_INDEX"), "2");
  EXPECT_EQ(machine_.environment_of_job("TRACESTATE"), "ot=th:8");
  const auto context = trace::parse_traceparent(machine_.environment_of_job("TRACEPARENT"));
  ASSERT_TRUE(context);
  EXPECT_TRUE(context->sampled());
  end_command(0);
  agent_->leave();
  const auto span = log_.only("spored workload");
  EXPECT_EQ(span.span_id, context->span_id);
  EXPECT_EQ(span.parent_id, log_.only("spored boot").span_id);
  EXPECT_EQ(span.text("process.executable.name"), "wc");
  EXPECT_EQ(span.text("process.exit.code"), "0");
}

TEST_F(AgentTest, a_member_is_in_the_registry_from_its_boot_to_its_end) {
  boot(member_tags());
  EXPECT_EQ(row().instance_id, "local-2");
  EXPECT_EQ(row().index, 2);
  EXPECT_EQ(row().provider, "local");
  EXPECT_EQ(row().status, "running");
  EXPECT_EQ(row().expires_at, now_s() + 3600);
  EXPECT_THAT(row().traceparent, HasSubstr("65f0000011112222333344445555aaaa"));
  pass(seconds(30));
  EXPECT_EQ(row().last_heartbeat, now_s());
  EXPECT_EQ(row().expires_at, now_s() + 3600);
  end_command(3);
  EXPECT_EQ(row().status, "failed");
  EXPECT_EQ(row().exit_code, 3);
  EXPECT_TRUE(agent_->done());
}

TEST_F(AgentTest, what_timers_do_is_not_traced) {
  boot(member_tags());
  for (int i = 0; i < 20; ++i) pass(seconds(30));
  EXPECT_THAT(span_names(), Not(Contains("DynamoDB.UpdateItem")));
}

TEST_F(AgentTest, an_unsampled_launch_is_obeyed_and_passed_on) {
  auto tags = member_tags();
  tags["spawn:launch-id"] = tags["spawn:job-array-id"] = "nobody-knows";
  tags["spawn:traceparent"] = kUnsampledLaunch;
  boot(tags);
  EXPECT_THAT(machine_.environment_of_job("TRACEPARENT"),
              HasSubstr("65f0000011112222333344445555aaaa"));
  EXPECT_THAT(machine_.environment_of_job("TRACEPARENT"), ::testing::EndsWith("-00"));
  EXPECT_EQ(machine_.environment_of_job("AWS_CSM_ENABLED"), "");
  EXPECT_THAT(span_names(), IsEmpty());
}

TEST_F(AgentTest, the_work_goes_on_without_a_registry_and_one_line_says_so) {
  aws_.inject("dynamodb", {testing::Fault::Kind::refused, 1000});
  boot(with(member_tags(), {{"spawn:traceparent", kLaunch}}));
  ASSERT_EQ(machine_.jobs.size(), 1U);
  for (int i = 0; i < 5; ++i) pass(seconds(30));
  EXPECT_THAT(machine_.notes, ElementsAre(HasSubstr("taking the context of the tags"),
                                          HasSubstr("the work goes on without it")));
  end_command(0);
  EXPECT_TRUE(agent_->done());
  agent_->leave();
  EXPECT_EQ(log_.only("spored boot").text("spawn.context_source"), "tag");
  EXPECT_EQ(log_.only("spored boot").trace_id.hex(), "65f0000011112222333344445555aaaa");
}

TEST_F(AgentTest, without_any_launch_a_trace_of_its_own_begins) {
  boot({{"spawn:tracing-enabled", "true"},
        {"spawn:tracing-sampling", "1"},
        {"spawn:instance-id", "mine"},
        {"spawn:command", "true"}});
  end_command(0);
  agent_->leave();
  const auto boot_span = log_.only("spored boot");
  EXPECT_FALSE(boot_span.parent_id.valid());
  EXPECT_EQ(boot_span.text("spawn.context_source"), "none");
  EXPECT_EQ(log_.only("spored workload").trace_id, boot_span.trace_id);
}

TEST_F(AgentTest, a_large_array_is_a_trace_a_member_linked_to_the_launch) {
  boot(with(member_tags(), {{"spawn:job-array-size", "51"}}));
  end_command(0);
  agent_->leave();
  const auto boot_span = log_.only("spored boot");
  EXPECT_NE(boot_span.trace_id.hex(), "65f0000011112222333344445555aaaa");
  EXPECT_FALSE(boot_span.parent_id.valid());
  ASSERT_EQ(boot_span.links.size(), 1U);
  EXPECT_EQ(boot_span.links[0].trace_id.hex(), "65f0000011112222333344445555aaaa");
  EXPECT_EQ(log_.only("DynamoDB.PutItem").trace_id, boot_span.trace_id);
}

TEST_F(AgentTest, a_setting_that_is_set_is_in_force_and_the_next_span_shows_it) {
  boot(with(member_tags(), {{"spawn:tracing-enabled", "false"}}));
  EXPECT_EQ(setting("tracing-enabled"), "false");
  ASSERT_TRUE(
      agent_->handle(request("config-set", {{"key", "tracing-enabled"}, {"value", "true"}})));
  ASSERT_TRUE(agent_->handle(request("config-set", {{"key", "tracing-sampling"}, {"value", "1"}})));
  EXPECT_EQ(setting("tracing-enabled"), "true");
  EXPECT_THAT(*core::read_file(machine_.folder.path() + "/local.yaml"), HasSubstr("enabled: true"));
  ASSERT_TRUE(agent_->handle(request("span-start", {{"name", "next"}})));
  agent_->leave();
  EXPECT_EQ(log_.only("next").trace_id.hex(), "65f0000011112222333344445555aaaa");
}

TEST_F(AgentTest, x_rays_rules_decide_about_a_trace_that_begins_here) {
  machine_.rules.kept = false;
  boot({{"spawn:tracing-enabled", "true"},
        {"spawn:tracing-sampling", "remote"},
        {"spawn:instance-id", "mine"},
        {"spawn:command", "true"}});
  EXPECT_EQ(machine_.rules.asked, 1);
  const auto status = agent_->handle(request("status"));
  ASSERT_TRUE(status);
  EXPECT_EQ(status->find("tracing")->text_at("sampling"), "by the rules of the test");
  // Random, and not sampled.
  EXPECT_EQ(machine_.environment_of_job("TRACEPARENT").substr(52), "-02");
  end_command(0);
  agent_->leave();
  EXPECT_THAT(log_.spans(), IsEmpty());
}

TEST_F(AgentTest, x_rays_rules_are_not_asked_about_a_trace_that_the_launch_decided) {
  machine_.rules.kept = false;
  boot(with(member_tags(), {{"spawn:tracing-sampling", "0.5"}}));
  ASSERT_TRUE(
      agent_->handle(request("config-set", {{"key", "tracing-sampling"}, {"value", "remote"}})));
  end_command(0);
  agent_->leave();
  EXPECT_EQ(log_.only("spored workload").trace_id.hex(), "65f0000011112222333344445555aaaa");
  EXPECT_EQ(machine_.rules.asked, 0);
}

// A sink that gets some of it done.
class HalfSink final : public trace::SpanSink {
 public:
  trace::WriteReport write(std::span<const trace::SpanRecord> batch, core::Deadline) override {
    trace::WriteReport report;
    report.lost = 1;
    report.losses = {{"InvalidName", 1}};
    report.reason = "refused span 'x': InvalidName";
    report.delivered = batch.size() > 2 ? 1 : 0;
    report.later = batch.size() - report.lost - report.delivered;
    return report;
  }
};

TEST_F(AgentTest, its_status_accounts_for_every_span_at_any_instant) {
  machine_.make_sink = [] { return std::make_unique<HalfSink>(); };
  boot(with(member_tags(), {{"spawn:tracing-sampling", "1"}}));
  for (int i = 0; i < 20; ++i) {
    const auto begun = agent_->handle(request("span-start", {{"name", "work"}}));
    ASSERT_TRUE(begun);
    ASSERT_TRUE(agent_->handle(request("span-end", {{"id", std::string(begun->text_at("id"))}})));
    const auto status = agent_->handle(request("status"));
    const core::Json& xray = status->find("tracing")->find("exporters")->array()->at(0);
    const auto count = [&](const char* name) { return *xray.find(name)->integer(); };
    EXPECT_GE(count("produced"), i + 1);
    EXPECT_EQ(count("produced"),
              count("exported") + count("dropped") + count("spooled") + count("pending"));
    std::int64_t reasons = 0;
    for (const auto& [why, lost] : *xray.find("dropped_by")->object()) reasons += *lost.integer();
    EXPECT_EQ(reasons, count("dropped"));
  }
  agent_->leave();
}

TEST_F(AgentTest, logs_what_exporters_lost_while_it_runs) {
  machine_.make_sink = [] { return std::make_unique<HalfSink>(); };
  boot_instance(with(instance_tags(), {{"spawn:pre-stop", "true"}}), "spot");
  aws_.set_metadata("/meta-data/spot/instance-action", R"({"action":"terminate"})");
  pass(seconds(10));  // what it has is sent, for there may be no later
  pass(seconds(10));
  EXPECT_THAT(machine_.notes, Contains(HasSubstr("spans are lost so far (InvalidName")));
}

TEST_F(AgentTest, refuses_a_setting_that_cannot_be_and_stays_as_it_was) {
  boot(member_tags());
  const auto before = *core::read_file(machine_.folder.path() + "/local.yaml");
  const auto answer =
      agent_->handle(request("config-set", {{"key", "tracing-sampling"}, {"value", "2"}}));
  ASSERT_FALSE(answer);
  EXPECT_THAT(answer.error().message, HasSubstr("tracing-sampling"));
  EXPECT_EQ(*core::read_file(machine_.folder.path() + "/local.yaml"), before);
}

TEST_F(AgentTest, on_an_instance_a_setting_is_its_tag_and_in_force_at_once) {
  boot_instance(
      with(instance_tags(), {{"spawn:tracing-enabled", "false"}, {"spawn:tracing-sampling", "1"}}));
  ASSERT_TRUE(
      agent_->handle(request("config-set", {{"key", "tracing-enabled"}, {"value", "true"}})));
  EXPECT_EQ(aws_.instances().front().tags.at("spawn:tracing-enabled"), "true");
  ASSERT_TRUE(agent_->handle(request("span-start", {{"name", "next"}})));
  EXPECT_EQ(setting("tracing-enabled"), "true");
  agent_->leave();
  EXPECT_EQ(log_.only("next").trace_id.hex(), "65f0000011112222333344445555aaaa");
}

TEST_F(AgentTest, a_setting_whose_tag_cannot_be_written_stays_as_it_was) {
  boot_instance(instance_tags());
  aws_.inject("ec2", {testing::Fault::Kind::status, 100, 403});
  const auto answer =
      agent_->handle(request("config-set", {{"key", "tracing-enabled"}, {"value", "false"}}));
  ASSERT_FALSE(answer);
  EXPECT_EQ(answer.error().code, core::Code::permission_denied);
  EXPECT_EQ(setting("tracing-enabled"), "true");
}

TEST_F(AgentTest, settings_that_change_nothing_are_named_in_the_log) {
  boot(with(member_tags(), {{"spawn:metrics-enabled", "true"}}));
  EXPECT_THAT(machine_.notes, ElementsAre("metrics-enabled: accepted, but there is no metrics "
                                          "server in this version"));
}

TEST_F(AgentTest, an_instance_knows_itself_and_takes_its_tags) {
  boot_instance(with(instance_tags(), {{"spawn:on-complete", "terminate"}}));
  EXPECT_EQ(row().instance_id, instance_id_);
  EXPECT_EQ(row().provider, "ec2");
  EXPECT_EQ(row().private_ip, "10.0.0.7");
  EXPECT_EQ(row().region, "eu-west-1");
  EXPECT_EQ(setting("on-complete"), "terminate");
  EXPECT_THAT(machine_.notes, IsEmpty());
}

TEST_F(AgentTest, tags_are_read_every_minute_and_nonsense_is_left_out) {
  boot_instance(instance_tags());
  aws_.set_metadata("/meta-data/tags/instance/spawn:tracing-enabled", "sometimes");
  pass(minutes(1));
  EXPECT_THAT(machine_.notes, ElementsAre(HasSubstr("tag spawn:tracing-enabled: 'sometimes'"),
                                          HasSubstr("new settings: tracing-enabled")));
  EXPECT_EQ(setting("tracing-enabled"), "false");
  pass(minutes(1));
  EXPECT_EQ(machine_.notes.size(), 2U) << "the same nonsense is named once";
  aws_.set_metadata("/meta-data/tags/instance/spawn:tracing-enabled", "true");
  pass(minutes(1));
  EXPECT_EQ(setting("tracing-enabled"), "true");
}

TEST_F(AgentTest, a_complete_instance_terminates_itself_once_and_says_so_first) {
  boot_instance(with(instance_tags(), {{"spawn:on-complete", "terminate"}}));
  aws_.inject("ec2", {testing::Fault::Kind::refused, 3});  // the first try, with its retries
  end_command(0);
  EXPECT_FALSE(agent_->done());
  EXPECT_THAT(machine_.notes, Contains(HasSubstr("trying again in a minute")));
  EXPECT_EQ(row().status, "completed");
  pass(seconds(59));
  EXPECT_EQ(calls_of("TerminateInstances"), 3U);
  pass(seconds(1));
  EXPECT_EQ(calls_of("TerminateInstances"), 4U);
  EXPECT_TRUE(agent_->done());
}

TEST_F(AgentTest, the_ttl_ends_command_and_instance) {
  boot_instance(with(instance_tags(), {{"spawn:ttl", "2h"}}));
  pass(hours(2) - seconds(10));
  EXPECT_THAT(machine_.jobs.front()->signals, IsEmpty());
  pass(seconds(10));
  EXPECT_THAT(machine_.jobs.front()->signals, ElementsAre(SIGTERM));
  pass(seconds(10));
  EXPECT_THAT(machine_.jobs.front()->signals, ElementsAre(SIGTERM, SIGKILL));
  machine_.jobs.front()->ended = ExitStatus{0, SIGKILL};
  agent_->step();
  EXPECT_EQ(calls_of("TerminateInstances"), 1U);
  EXPECT_EQ(row().status, "terminated");
  EXPECT_EQ(row().exit_code, 137);
  EXPECT_EQ(log_.only("spored terminate").text("spawn.reason"), "ttl");
  EXPECT_EQ(log_.only("spored workload").text("error.type"), "SIGKILL");
}

TEST_F(AgentTest, a_spot_notice_is_exported_before_the_users_hook_and_taken_once) {
  boot_instance(with(instance_tags(), {{"spawn:pre-stop", "save everything"}}), "spot");
  aws_.set_metadata("/meta-data/spot/instance-action",
                    R"({"action":"terminate","time":"2026-01-02T03:10:00Z"})");
  pass(seconds(5));
  ASSERT_EQ(machine_.jobs.size(), 2U);
  EXPECT_THAT(machine_.jobs[1]->request.arguments, Contains("save everything"));
  EXPECT_EQ(log_.only("spored interruption").text("spawn.reason"),
            "terminate at 2026-01-02T03:10:00Z");
  EXPECT_EQ(row().status, "interrupted");
  for (int i = 0; i < 5; ++i) pass(seconds(5));
  EXPECT_EQ(machine_.jobs.size(), 2U);
  agent_->end("SIGTERM");
  machine_.jobs[0]->ended = ExitStatus{0, SIGTERM};
  agent_->step();
  EXPECT_TRUE(agent_->done());
  EXPECT_EQ(row().status, "interrupted");
}

TEST_F(AgentTest, sigterm_ends_the_command_and_flushes) {
  boot(member_tags());
  agent_->end("SIGTERM");
  agent_->step();
  EXPECT_FALSE(agent_->done());
  EXPECT_THAT(machine_.jobs.front()->signals, ElementsAre(SIGTERM));
  machine_.jobs.front()->ended = ExitStatus{0, SIGTERM};
  agent_->step();
  EXPECT_TRUE(agent_->done());
  agent_->leave();
  EXPECT_EQ(row().status, "stopped");
  EXPECT_EQ(row().exit_code, 143);
  EXPECT_EQ(log_.only("spored workload").text("error.type"), "SIGTERM");
  EXPECT_EQ(log_.only("spored exit").text("spawn.reason"), "SIGTERM");
}

TEST_F(AgentTest, an_idle_instance_hibernates_and_goes_on_when_it_wakes) {
  boot_instance(
      with(instance_tags(), {{"spawn:idle-timeout", "10m"}, {"spawn:hibernate", "true"}}));
  machine_.ticks = CpuTicks{1000, 10'000};
  agent_->step();
  for (int i = 0; i < 12 && calls_of("StopInstances") == 0; ++i) {
    machine_.ticks->all += 6000;  // nothing but idle
    pass(minutes(1));
  }
  EXPECT_EQ(calls_of("StopInstances"), 1U);
  EXPECT_EQ(row().status, "hibernated");
  EXPECT_FALSE(agent_->done());
  EXPECT_THAT(machine_.jobs.front()->signals, IsEmpty());
  clock_.step_wall(hours(8));
  pass(seconds(1));
  EXPECT_EQ(row().status, "running");
}

TEST_F(AgentTest, a_busy_instance_is_not_idle) {
  boot_instance(with(instance_tags(), {{"spawn:idle-timeout", "10m"}}));
  machine_.ticks = CpuTicks{1000, 10'000};
  agent_->step();
  for (int i = 0; i < 30; ++i) {
    machine_.ticks->all += 6000;
    machine_.ticks->busy += 400;  // 6.7 % of all CPUs, above the 5 % that count
    pass(minutes(1));
  }
  EXPECT_EQ(calls_of("TerminateInstances"), 0U);
}

TEST_F(AgentTest, the_completion_file_completes_and_an_old_one_does_not) {
  const std::string file = machine_.folder.write("SPAWN_COMPLETE", "success\n");
  boot(with(member_tags(), {{"spawn:completion-file", file}}));
  pass(seconds(10));
  EXPECT_EQ(row().status, "running");
  machine_.folder.write("SPAWN_COMPLETE.new", "failed\ndisk full\n");
  ASSERT_EQ(rename((file + ".new").c_str(), file.c_str()), 0);
  pass(seconds(10));
  EXPECT_EQ(row().status, "failed");
  EXPECT_THAT(machine_.notes, Contains(HasSubstr("disk full")));
}

TEST_F(AgentTest, a_command_runs_once_however_often_the_agent_starts) {
  boot(member_tags());
  agent_.reset();
  boot(member_tags());
  EXPECT_EQ(machine_.jobs.size(), 1U);
  EXPECT_THAT(machine_.notes, Contains(HasSubstr("process 4711; it is not started again")));
}

TEST_F(AgentTest, two_agents_with_one_index_are_named) {
  handoff::Row other;
  other.job_array_id = "words";
  other.instance_id = "i-other";
  other.index = 2;
  ASSERT_TRUE(registry_.register_member(other, core::Deadline::never()));
  boot(member_tags());
  EXPECT_THAT(machine_.notes, ElementsAre("i-other has the index 2 too"));
}

TEST_F(AgentTest, scripts_make_spans_of_their_own) {
  boot(member_tags());
  const auto started = agent_->handle(request("span-start", {{"name", "unpack"}}));
  ASSERT_TRUE(started);
  const std::string id(started->text_at("id"));
  ASSERT_TRUE(agent_->handle(request("span-event", {{"id", id}, {"name", "half"}})));
  ASSERT_TRUE(agent_->handle(
      request("span-end", {{"id", id}, {"status", "error"}, {"message", "no space"}})));
  EXPECT_FALSE(agent_->handle(request("span-end", {{"id", id}})));
  const auto inner = agent_->handle(request(
      "span-start", {{"name", "inner"}, {"parent", machine_.environment_of_job("TRACEPARENT")}}));
  ASSERT_TRUE(inner);
  agent_->leave();
  EXPECT_EQ(log_.only("unpack").status_message, "no space");
  EXPECT_EQ(log_.only("unpack").parent_id, log_.only("spored boot").span_id);
  EXPECT_EQ(log_.only("inner").parent_id, log_.only("spored workload").span_id);
}

TEST_F(AgentTest, settings_that_are_no_settings_are_the_one_thing_that_stops_it) {
  config::Sources sources;
  sources.file = machine_.folder.write("local.yaml", "observability:\n  tracin: 1\n");
  sources.file_required = true;
  Agent agent(sources, machine_.parts());
  const auto found = agent.find_out();
  ASSERT_FALSE(found);
  EXPECT_THAT(found.error().message, HasSubstr("local.yaml:2: unknown key 'tracin'"));
}

TEST_F(AgentTest, opentelemetrys_file_switches_tracing_off_while_it_is_wrong_and_is_named_once) {
  const auto file = [&](const std::string& exporter) {
    return machine_.folder.write("otel.yaml",
                                 "file_format: '1.1'\ntracer_provider: {processors: "
                                 "[{batch: {exporter: {" +
                                     exporter + ": }}}]}\n");
  };
  machine_.env.set("OTEL_CONFIG_FILE", file("console"));
  config::Sources sources = machine_.settings(member_tags());
  sources.rather_untraced = true;
  agent_.emplace(sources, machine_.parts());
  ASSERT_TRUE(agent_->find_out());
  agent_->boot();
  EXPECT_EQ(setting("tracing-enabled"), "true");
  (void)file("otlp_grpc");
  agent_->reload();
  agent_->reload();
  EXPECT_THAT(machine_.notes,
              ElementsAre(AllOf(HasSubstr("otel.yaml:2: "), EndsWith("; tracing is off")),
                          HasSubstr("new settings: tracing-enabled")));
  EXPECT_EQ(setting("tracing-enabled"), "false");
  (void)file("console");
  agent_->reload();
  EXPECT_EQ(setting("tracing-enabled"), "true");
}

TEST_F(AgentTest, an_instance_without_metadata_goes_on_as_a_local_one) {
  machine_.env.set("AWS_EC2_METADATA_SERVICE_ENDPOINT", "http://169.254.169.254");
  auto tags = member_tags();
  tags.erase("spawn:instance-id");
  boot(tags);
  EXPECT_THAT(machine_.notes, Contains(HasSubstr("going on as a local instance")));
  EXPECT_EQ(row().provider, "local");
}

}  // namespace
}  // namespace spawn::agent
