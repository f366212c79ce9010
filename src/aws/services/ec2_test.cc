// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
#include "aws/services/ec2.h"

#include <gtest/gtest.h>

#include "aws/stack.h"
#include "aws/test_support.h"
#include "core/text.h"
#include "trace/attributes.h"

namespace spawn::aws::ec2 {
namespace {

const std::string kItem =
    "<item><instanceId>i-1</instanceId><imageId>ami-1</imageId>"
    "<instanceState><code>16</code><name>running</name></instanceState>"
    "<stateReason><code>x</code><message>because</message></stateReason>"
    "<keyName>mine</keyName><instanceType>t3.micro</instanceType>"
    "<amiLaunchIndex>3</amiLaunchIndex><launchTime>2026-01-02T03:04:05.000Z</launchTime>"
    "<placement><availabilityZone>eu-west-1a</availabilityZone></placement>"
    "<privateIpAddress>10.0.0.1</privateIpAddress><ipAddress>1.2.3.4</ipAddress>"
    "<instanceLifecycle>spot</instanceLifecycle>"
    "<tagSet><item><key>Name</key><value>a &amp; b</value></item>"
    "<item><key>empty</key><value/></item></tagSet></item>";

class Ec2Test : public ::testing::Test {
 protected:
  void answer(std::string body) { caller_.answers.emplace_back(good_reply(std::move(body))); }
  [[nodiscard]] const Call& call() const { return caller_.calls.back(); }
  // One value of the form that was sent, "-" when it is not there.
  [[nodiscard]] std::string sent(const std::string& key) const {
    for (const auto part : core::split(call().body, '&')) {
      if (part.starts_with(key + "=")) return core::percent_decode(part.substr(key.size() + 1));
    }
    return "-";
  }
  [[nodiscard]] std::string attribute(std::string_view key) const {
    for (const auto& [name, value] : call().attributes) {
      if (name == key) return std::get<std::string>(value);
    }
    return "-";
  }

  ScriptedCaller caller_;
  Endpoint endpoint_{*core::Url::parse("http://127.0.0.1:5000"), "eu-west-1"};
  core::Deadline deadline_ = core::Deadline::never();
};

TEST_F(Ec2Test, describes_instances_of_all_reservations) {
  answer("<DescribeInstancesResponse><reservationSet><item><instancesSet>" + kItem +
         "</instancesSet></item><item><instancesSet><item><instanceId>i-2</instanceId></item>"
         "</instancesSet></item></reservationSet><nextToken>more</nextToken>"
         "</DescribeInstancesResponse>");
  DescribeInstances request;
  request.filters = {{"tag:a", {"1", "2"}}, {"instance-state-name", {"running"}}};
  request.max_results = 5;
  request.next_token = "t";
  const auto page = describe_instances(caller_, endpoint_, request, deadline_);
  ASSERT_TRUE(page) << page.error().message;
  EXPECT_EQ(call().body,
            "Action=DescribeInstances&Version=2016-11-15&MaxResults=5&NextToken=t"
            "&Filter.1.Name=tag%3Aa&Filter.1.Value.1=1&Filter.1.Value.2=2"
            "&Filter.2.Name=instance-state-name&Filter.2.Value.1=running");
  ASSERT_EQ(page->instances.size(), 2U);
  const Instance& first = page->instances[0];
  EXPECT_EQ(first.id, "i-1");
  EXPECT_EQ(first.state, "running");
  EXPECT_EQ(first.state_reason, "because");
  EXPECT_EQ(first.type, "t3.micro");
  EXPECT_EQ(first.image_id, "ami-1");
  EXPECT_EQ(first.availability_zone, "eu-west-1a");
  EXPECT_EQ(first.private_ip, "10.0.0.1");
  EXPECT_EQ(first.public_ip, "1.2.3.4");
  EXPECT_EQ(first.key_name, "mine");
  EXPECT_EQ(first.launch_time, "2026-01-02T03:04:05.000Z");
  EXPECT_EQ(first.launch_index, 3);
  EXPECT_TRUE(first.spot);
  EXPECT_EQ(first.tags, (Tags{{"Name", "a & b"}, {"empty", ""}}));
  EXPECT_FALSE(page->instances[1].spot);
  EXPECT_EQ(page->next_token, "more");
}

TEST_F(Ec2Test, launches_with_everything_that_was_asked_for) {
  answer("<RunInstancesResponse><instancesSet>" + kItem + "</instancesSet></RunInstancesResponse>");
  RunInstances request;
  request.image_id = "ami-1";
  request.instance_type = "t3.micro";
  request.count = 3;
  request.client_token = "token";
  request.key_name = "mine";
  request.subnet_id = "subnet-1";
  request.security_group_ids = {"sg-1", "sg-2"};
  request.availability_zone = "eu-west-1a";
  request.iam_instance_profile = "profile";
  request.user_data = "#!/bin/sh\n";
  request.spot = true;
  request.spot_max_price = "0.5";
  request.root_device_name = "/dev/xvda";
  request.root_volume_gib = 40;
  request.shutdown_behavior = "terminate";
  request.hibernation = true;
  request.tags_in_metadata = true;
  request.dry_run = true;
  request.tags = {{"spawn:a", "1"}, {"spawn:b", "\xC3\xA9"}};
  const auto instances = run_instances(caller_, endpoint_, request, deadline_);
  ASSERT_TRUE(instances) << instances.error().message;
  ASSERT_EQ(instances->size(), 1U);
  EXPECT_EQ(instances->at(0).id, "i-1");
  EXPECT_EQ(call().body,
            "Action=RunInstances&Version=2016-11-15&ImageId=ami-1&InstanceType=t3.micro&MinCount=3"
            "&MaxCount=3&ClientToken=token&KeyName=mine&SubnetId=subnet-1&SecurityGroupId.1=sg-1"
            "&SecurityGroupId.2=sg-2&Placement.AvailabilityZone=eu-west-1a"
            "&UserData=IyEvYmluL3NoCg%3D%3D&InstanceInitiatedShutdownBehavior=terminate"
            "&MetadataOptions.HttpTokens=required&MetadataOptions.InstanceMetadataTags=enabled"
            "&HibernationOptions.Configured=true&DryRun=true&IamInstanceProfile.Name=profile"
            "&InstanceMarketOptions.MarketType=spot&InstanceMarketOptions.SpotOptions.MaxPrice=0.5"
            "&BlockDeviceMapping.1.DeviceName=%2Fdev%2Fxvda&BlockDeviceMapping.1.Ebs.VolumeSize=40"
            "&BlockDeviceMapping.1.Ebs.Encrypted=true"
            "&TagSpecification.1.ResourceType=instance&TagSpecification.1.Tag.1.Key=spawn%3Aa"
            "&TagSpecification.1.Tag.1.Value=1&TagSpecification.1.Tag.2.Key=spawn%3Ab"
            "&TagSpecification.1.Tag.2.Value=%C3%A9&TagSpecification.2.ResourceType=volume"
            "&TagSpecification.2.Tag.1.Key=spawn%3Aa&TagSpecification.2.Tag.1.Value=1"
            "&TagSpecification.2.Tag.2.Key=spawn%3Ab&TagSpecification.2.Tag.2.Value=%C3%A9");
}

TEST_F(Ec2Test, launches_with_no_more_than_was_asked_for) {
  RunInstances request;
  request.image_id = "ami-1";
  request.instance_type = "t3.micro";
  request.iam_instance_profile = "arn:aws:iam::1:instance-profile/p";
  EXPECT_FALSE(run_instances(caller_, endpoint_, request, deadline_));
  EXPECT_EQ(call().body,
            "Action=RunInstances&Version=2016-11-15&ImageId=ami-1&InstanceType=t3.micro&MinCount=1"
            "&MaxCount=1&MetadataOptions.HttpTokens=required"
            "&IamInstanceProfile.Arn=arn%3Aaws%3Aiam%3A%3A1%3Ainstance-profile%2Fp");
}

TEST_F(Ec2Test, launches_may_be_sent_again_only_with_a_token) {
  RunInstances request;
  EXPECT_FALSE(run_instances(caller_, endpoint_, request, deadline_));
  EXPECT_FALSE(call().idempotent);
  request.client_token = "t";
  EXPECT_FALSE(run_instances(caller_, endpoint_, request, deadline_));
  EXPECT_TRUE(call().idempotent);
}

TEST_F(Ec2Test, names_the_instance_on_the_span_when_it_is_one) {
  RunInstances request;
  request.user_data = "password=hunter2";
  EXPECT_FALSE(run_instances(caller_, endpoint_, request, deadline_));
  EXPECT_EQ(attribute(trace::key::kInstanceId), "-");
  trace::SpanRecord one;
  call().describe(good_reply("<RunInstancesResponse><instancesSet>" + kItem +
                             "</instancesSet></RunInstancesResponse>"),
                  one);
  EXPECT_EQ(one.text(trace::key::kInstanceId), "i-1");
  trace::SpanRecord two;
  call().describe(good_reply("<RunInstancesResponse><instancesSet>" + kItem + kItem +
                             "</instancesSet></RunInstancesResponse>"),
                  two);
  EXPECT_EQ(two.attribute_count(), 0U);
  call().describe(good_reply("garbage"), two);
  EXPECT_EQ(two.attribute_count(), 0U);

  const std::vector<std::string> ids = {"i-1"};
  EXPECT_FALSE(terminate_instances(caller_, endpoint_, ids, deadline_));
  EXPECT_EQ(attribute(trace::key::kInstanceId), "i-1");
  const std::vector<std::string> many = {"i-1", "i-2"};
  EXPECT_FALSE(terminate_instances(caller_, endpoint_, many, deadline_));
  EXPECT_EQ(attribute(trace::key::kInstanceId), "-");
}

TEST_F(Ec2Test, shows_what_it_launched_on_the_span_and_nothing_of_what_it_was_told) {
  TestTracing tracing;
  testing::ScriptedHttp http;
  FixedCredentials credentials;
  const auto caller = make_traced_stack(
      {http, credentials, tracing.clock, tracing.rng, RetryPolicy{}}, tracing.tracer);
  http.answer(200, "<RunInstancesResponse><instancesSet>" + kItem +
                       "</instancesSet></RunInstancesResponse>");
  RunInstances request;
  request.user_data = "hunter2";
  ASSERT_TRUE(run_instances(*caller, endpoint_, request, deadline_));
  const auto span = tracing.log.only("EC2.RunInstances");
  EXPECT_EQ(span.text("spawn.instance_id"), "i-1");
  for (const auto& [key, value] : span.attributes) {
    EXPECT_EQ(span.text(key).find("hunter2"), std::string::npos) << key;
  }
}

TEST_F(Ec2Test, changes_states_and_tells_from_which_to_which) {
  const std::vector<std::string> ids = {"i-1", "i-2"};
  const auto reply = [](const std::string& action) {
    return "<" + action +
           "Response><instancesSet><item><instanceId>i-1</instanceId><currentState>"
           "<name>shutting-down</name></currentState><previousState><name>running</name>"
           "</previousState></item></instancesSet></" +
           action + "Response>";
  };
  answer(reply("TerminateInstances"));
  const auto changes = terminate_instances(caller_, endpoint_, ids, deadline_);
  ASSERT_TRUE(changes) << changes.error().message;
  EXPECT_EQ(call().body,
            "Action=TerminateInstances&Version=2016-11-15&InstanceId.1=i-1&InstanceId.2=i-2");
  ASSERT_EQ(changes->size(), 1U);
  EXPECT_EQ(changes->at(0).id, "i-1");
  EXPECT_EQ(changes->at(0).before, "running");
  EXPECT_EQ(changes->at(0).now, "shutting-down");

  answer(reply("StopInstances"));
  ASSERT_TRUE(stop_instances(caller_, endpoint_, ids, Stop::hibernate, deadline_));
  EXPECT_EQ(sent("Hibernate"), "true");
  answer(reply("StopInstances"));
  ASSERT_TRUE(stop_instances(caller_, endpoint_, ids, Stop::stop, deadline_));
  EXPECT_EQ(sent("Hibernate"), "-");
  answer(reply("StartInstances"));
  ASSERT_TRUE(start_instances(caller_, endpoint_, ids, deadline_));
  EXPECT_EQ(sent("Action"), "StartInstances");
}

TEST_F(Ec2Test, never_changes_the_state_of_nothing) {
  const auto changes = terminate_instances(caller_, endpoint_, {}, deadline_);
  ASSERT_FALSE(changes);
  EXPECT_EQ(changes.error().code, core::Code::invalid_argument);
  EXPECT_EQ(changes.error().message, "EC2 TerminateInstances: expected one instance id at least");
  EXPECT_TRUE(caller_.calls.empty());
}

TEST_F(Ec2Test, writes_and_reads_tags) {
  answer("<CreateTagsResponse><return>true</return></CreateTagsResponse>");
  const std::vector<std::string> ids = {"i-1", "vol-1"};
  ASSERT_TRUE(create_tags(caller_, endpoint_, ids, {{"k", "v w"}, {"l", ""}}, deadline_));
  EXPECT_EQ(call().body,
            "Action=CreateTags&Version=2016-11-15&ResourceId.1=i-1&ResourceId.2=vol-1"
            "&Tag.1.Key=k&Tag.1.Value=v%20w&Tag.2.Key=l&Tag.2.Value=");

  answer(
      "<DescribeTagsResponse><tagSet>"
      "<item><resourceId>i-1</resourceId><key>k</key><value>v w</value></item>"
      "<item><resourceId>i-2</resourceId><key>k</key><value>2</value></item>"
      "<item><resourceId>i-1</resourceId><key>l</key><value/></item></tagSet>"
      "<nextToken>n</nextToken></DescribeTagsResponse>");
  const auto page =
      describe_tags(caller_, endpoint_, {{{"resource-id", {"i-1", "i-2"}}}, "t"}, deadline_);
  ASSERT_TRUE(page) << page.error().message;
  EXPECT_EQ(sent("Filter.1.Value.2"), "i-2");
  EXPECT_EQ(sent("NextToken"), "t");
  EXPECT_EQ(page->by_resource.at("i-1"), (Tags{{"k", "v w"}, {"l", ""}}));
  EXPECT_EQ(page->by_resource.at("i-2"), (Tags{{"k", "2"}}));
  EXPECT_EQ(page->next_token, "n");
}

TEST_F(Ec2Test, calls_garbage_garbage) {
  for (const char* body : {"", "{}", "<html>", "<RunInstancesResponse/>"}) {
    answer(body);
    const auto page = describe_instances(caller_, endpoint_, {}, deadline_);
    ASSERT_FALSE(page) << body;
    EXPECT_EQ(page.error().code, core::Code::protocol);
  }
}

}  // namespace
}  // namespace spawn::aws::ec2
