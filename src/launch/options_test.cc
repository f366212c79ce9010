// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
#include "launch/options.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "launch/instance_tags.h"

namespace spawn::launch {
namespace {

using ::testing::AllOf;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Key;
using ::testing::Not;
using ::testing::Pair;

Options micro() {
  Options options;
  options.instance_type = "t3.micro";
  return options;
}

Plan plan_of(const Options& options) {
  auto plan = check(options);
  EXPECT_TRUE(plan) << plan.error().message;
  return plan ? *plan : Plan();
}

// The one line that says what is wrong.
std::string problem(const Options& options) {
  const auto plan = check(options);
  if (plan) return "none";
  EXPECT_EQ(plan.error().code, core::Code::invalid_argument);
  EXPECT_EQ(plan.error().message.find('\n'), std::string::npos) << plan.error().message;
  return plan.error().message;
}

template <typename Change>
std::string problem_with(Change change) {
  Options options = micro();
  change(options);
  return problem(options);
}

TEST(Check, takes_the_guides_command) {
  Options options = micro();
  options.tag = {"spawn:tracing-enabled=true", "spawn:tracing-exporter=xray",
                 "spawn:tracing-sampling=0.1"};
  const Plan plan = plan_of(options);
  EXPECT_EQ(plan.count, 1);
  EXPECT_FALSE(plan.is_array);
  EXPECT_TRUE(plan.with_agent);
  EXPECT_THAT(plan.tags, ElementsAre(Pair("spawn:tracing-enabled", "true"),
                                     Pair("spawn:tracing-exporter", "xray"),
                                     Pair("spawn:tracing-sampling", "0.1")));
}

TEST(Check, turns_sugar_into_tags) {
  Options options = micro();
  options.trace_sampling = "1";
  options.ttl = "8h";
  options.idle_cpu = "5";
  options.on_complete = "hibernate";
  options.name = "worker";
  const Plan plan = plan_of(options);
  EXPECT_THAT(
      plan.tags,
      AllOf(Contains(Pair("spawn:tracing-enabled", "true")),
            Contains(Pair("spawn:tracing-sampling", "1")), Contains(Pair("spawn:ttl", "8h")),
            Contains(Pair("spawn:idle-cpu", "5")), Contains(Pair("spawn:on-complete", "hibernate")),
            Contains(Pair("Name", "worker"))));
  EXPECT_TRUE(plan.hibernates);
}

TEST(Check, sees_the_lifecycle_in_tags_too) {
  Options options = micro();
  options.tag = {"spawn:on-complete=hibernate"};
  EXPECT_TRUE(plan_of(options).hibernates);
  options.tag = {"spawn:ttl=tomorrow"};
  EXPECT_THAT(problem(options), HasSubstr("tag spawn:ttl: 'tomorrow'"));
  options.tag = {"spawn:traceing-enabled=true"};
  EXPECT_THAT(problem(options), HasSubstr("did you mean 'tracing-enabled'?"));
  options.tag = {"spawn:tracing-sampling=2"};
  EXPECT_THAT(problem(options), HasSubstr("tag spawn:tracing-sampling: '2'"));
}

TEST(Check, refuses_an_option_and_its_tag_together) {
  Options options = micro();
  options.trace = true;
  options.tag = {"spawn:tracing-enabled=false"};
  EXPECT_EQ(problem(options), "--trace and --tag spawn:tracing-enabled=…: expected one of them");
}

TEST(Check, counts_members_and_knows_an_array) {
  Options options = micro();
  options.count = "3";
  EXPECT_TRUE(plan_of(options).is_array);
  options.count = "1";
  options.job_array_name = "nightly";
  EXPECT_TRUE(plan_of(options).is_array);
  for (const char* count : {"0", "-1", "1001", "three", "1.5", ""}) {
    options.count = count;
    EXPECT_EQ(problem(options),
              "--count: '" + std::string(count) + "' is no whole number from 1 to 1000");
  }
}

TEST(Check, names_each_mistake_and_what_was_expected) {
  EXPECT_THAT(problem(Options()), HasSubstr("--instance-type is missing, such as t3.micro"));
  EXPECT_THAT(problem_with([](Options& o) { o.instance_type = "micro"; }), HasSubstr("'micro'"));
  EXPECT_THAT(problem_with([](Options& o) { o.provider = "locla"; }),
              HasSubstr("did you mean 'local'?"));
  EXPECT_THAT(problem_with([](Options& o) { o.ami = "debian"; }), HasSubstr("--ami: 'debian'"));
  EXPECT_THAT(problem_with([](Options& o) { o.subnet = "vpc-1"; }), HasSubstr("expected subnet-…"));
  EXPECT_THAT(problem_with([](Options& o) { o.security_groups = {"sg-1,web"}; }),
              HasSubstr("--security-groups: 'web'"));
  EXPECT_THAT(problem_with([](Options& o) { o.volume_size = "0"; }), HasSubstr("--volume-size"));
  EXPECT_THAT(problem_with([](Options& o) { o.spot_max_price = "0.05"; }), HasSubstr("--spot"));
  EXPECT_THAT(problem_with([](Options& o) { o.on_complete = "terminat"; }),
              HasSubstr("spawn:on-complete: 'terminat'"));
  EXPECT_THAT(problem_with([](Options& o) { o.idle_cpu = "101"; }), HasSubstr("spawn:idle-cpu"));
  EXPECT_THAT(problem_with([](Options& o) { o.completion_file = "done"; }),
              HasSubstr("spawn:completion-file: 'done'"));
  EXPECT_THAT(problem_with([](Options& o) { o.wait_timeout = "5m"; }), HasSubstr("--wait"));
  EXPECT_THAT(problem_with([](Options& o) { o.agent_url = "http://x/a.deb"; }),
              HasSubstr("nothing vouches for the package"));
  EXPECT_THAT(
      problem_with([](Options& o) { o.agent_url = "https://x/a?X-Amz-Security-Token=IQoJb3Jp"; }),
      AllOf(HasSubstr("its query holds a session token"), Not(HasSubstr("IQoJb3Jp"))));
  EXPECT_THAT(problem_with([](Options& o) { o.agent_url = "s3://bucket"; }),
              HasSubstr("expected s3://BUCKET/KEY"));
  EXPECT_THAT(problem_with([](Options& o) { o.user_data_file = "/no/such/file"; }),
              HasSubstr("/no/such/file"));
}

TEST(Check, keeps_commands_as_short_as_a_tag_is) {
  EXPECT_THAT(problem_with([](Options& o) { o.command = std::string(257, 'x'); }),
              HasSubstr("--command: it has 257 characters, and a tag holds 256"));
}

TEST(Check, counts_the_tags_that_the_launch_adds) {
  Options options = micro();
  for (int i = 0; i < 46; ++i) options.tag.push_back("t" + std::to_string(i) + "=x");
  EXPECT_EQ(problem(options), "none");
  options.tag.emplace_back("one-more=x");
  EXPECT_THAT(problem(options), HasSubstr("there are 51 of them, 4 of which spawn needs"));
}

TEST(Check, runs_a_script_beside_the_agent_and_nothing_else) {
  Options options = micro();
  options.user_data = "#!/bin/sh\necho hello\n";
  EXPECT_EQ(problem(options), "none");
  options.user_data = "#cloud-config\n";
  EXPECT_THAT(problem(options), HasSubstr("beginning with '#!'"));
  options.no_agent = true;
  EXPECT_EQ(problem(options), "none");
  options.command = "true";
  EXPECT_THAT(problem(options), HasSubstr("the agent runs it"));
}

TEST(Check, takes_the_names_of_images) {
  Options options = micro();
  for (const auto& [typed, meant] :
       {std::pair("ami-0123", "ami-0123"), std::pair("/aws/x", "/aws/x"),
        std::pair("resolve:ssm:/golden", "/golden"), std::pair("", "")}) {
    options.ami = typed;
    EXPECT_EQ(plan_of(options).ami, meant);
  }
}

TEST(Check, refuses_for_local_what_only_ec2_has) {
  Options options;
  options.provider = "local";
  EXPECT_THAT(problem(options), HasSubstr("--command is missing"));
  options.command = "true";
  EXPECT_EQ(problem(options), "none");
  options.spot = true;
  EXPECT_EQ(problem(options), "--spot: has no meaning with --provider local");
}

TEST(InstanceTags, tell_a_member_of_which_array_it_is) {
  Options options = micro();
  options.count = "3";
  options.job_array_name = "nightly";
  options.command = "./work";
  EXPECT_THAT(
      instance_tags(plan_of(options), "nightly-1", nullptr),
      ElementsAre(Pair("Name", "nightly"), Pair("spawn:command", "./work"),
                  Pair("spawn:job-array-id", "nightly-1"), Pair("spawn:job-array-name", "nightly"),
                  Pair("spawn:job-array-size", "3"), Pair("spawn:launch-id", "nightly-1"),
                  Pair("spawn:managed", "true")));
}

TEST(InstanceTags, carry_the_context_of_a_traced_launch) {
  telemetry::ActiveContext context;
  context.span.trace_id = {0x65f0a1b2c3d4e5f6, 0x0718293a4b5c6d7e};
  context.span.span_id = *trace::SpanId::from_hex("00f067aa0ba902b7");
  context.span.flags = trace::kSampled;
  EXPECT_THAT(instance_tags(plan_of(micro()), "launch-1", &context),
              Contains(Pair("spawn:traceparent",
                            "00-65f0a1b2c3d4e5f60718293a4b5c6d7e-00f067aa0ba902b7-01")));
  EXPECT_THAT(instance_tags(plan_of(micro()), "launch-1", nullptr),
              Not(Contains(Key("spawn:traceparent"))));
}

}  // namespace
}  // namespace spawn::launch
