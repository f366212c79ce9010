// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
#include "aws/services/ec2_catalog.h"

#include <gtest/gtest.h>

#include "aws/test_support.h"

namespace spawn::aws::ec2 {
namespace {

const Endpoint kEndpoint{*core::Url::parse("http://127.0.0.1:5000"), "eu-west-1"};

TEST(Ec2Catalog, lists_types_of_instances) {
  ScriptedCaller caller;
  caller.answers.emplace_back(good_reply(
      "<DescribeInstanceTypesResponse><instanceTypeSet><item>"
      "<instanceType>m6g.large</instanceType><currentGeneration>true</currentGeneration>"
      "<hibernationSupported>true</hibernationSupported>"
      "<memoryInfo><sizeInMiB>8192</sizeInMiB></memoryInfo>"
      "<processorInfo><supportedArchitectures><item>arm64</item></supportedArchitectures>"
      "</processorInfo><supportedUsageClasses><item>on-demand</item><item>spot</item>"
      "</supportedUsageClasses><vCpuInfo><defaultVCpus>2</defaultVCpus></vCpuInfo></item>"
      "<item><instanceType>x</instanceType></item></instanceTypeSet>"
      "<nextToken>n</nextToken></DescribeInstanceTypesResponse>"));
  const auto page =
      describe_instance_types(caller, kEndpoint, {{"m6g.large"}, {}, ""}, core::Deadline::never());
  ASSERT_TRUE(page) << page.error().message;
  EXPECT_EQ(caller.calls.at(0).body,
            "Action=DescribeInstanceTypes&Version=2016-11-15&InstanceType.1=m6g.large");
  ASSERT_EQ(page->types.size(), 2U);
  const InstanceType& type = page->types[0];
  EXPECT_EQ(type.name, "m6g.large");
  EXPECT_EQ(type.architectures, std::vector<std::string>{"arm64"});
  EXPECT_EQ(type.vcpus, 2);
  EXPECT_EQ(type.memory_mib, 8192);
  EXPECT_TRUE(type.spot && type.hibernation && type.current_generation);
  const InstanceType& bare = page->types[1];
  EXPECT_FALSE(bare.spot || bare.hibernation || bare.current_generation);
  EXPECT_EQ(page->next_token, "n");
}

TEST(Ec2Catalog, lists_images) {
  ScriptedCaller caller;
  caller.answers.emplace_back(
      good_reply("<DescribeImagesResponse><imagesSet><item><imageId>ami-1</imageId>"
                 "<imageState>available</imageState><architecture>x86_64</architecture>"
                 "<name>debian-12</name><rootDeviceName>/dev/xvda</rootDeviceName>"
                 "<creationDate>2026-01-02T03:04:05.000Z</creationDate></item></imagesSet>"
                 "</DescribeImagesResponse>"));
  const auto images = describe_images(caller, kEndpoint, {{}, {"amazon"}, {{"name", {"debian-*"}}}},
                                      core::Deadline::never());
  ASSERT_TRUE(images) << images.error().message;
  EXPECT_EQ(caller.calls.at(0).body,
            "Action=DescribeImages&Version=2016-11-15&Owner.1=amazon&Filter.1.Name=name"
            "&Filter.1.Value.1=debian-%2A");
  ASSERT_EQ(images->size(), 1U);
  const Image& image = images->at(0);
  EXPECT_EQ(image.id, "ami-1");
  EXPECT_EQ(image.name, "debian-12");
  EXPECT_EQ(image.state, "available");
  EXPECT_EQ(image.architecture, "x86_64");
  EXPECT_EQ(image.creation_date, "2026-01-02T03:04:05.000Z");
  EXPECT_EQ(image.root_device_name, "/dev/xvda");
}

}  // namespace
}  // namespace spawn::aws::ec2
