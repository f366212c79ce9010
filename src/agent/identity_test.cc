// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
#include "agent/identity.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace spawn::agent {
namespace {

using telemetry::Detection;
using telemetry::Detector;
using ::testing::ElementsAre;
using ::testing::UnorderedElementsAre;

std::vector<std::string> told_of_an_instance(const Detection& wanted) {
  Identity identity;
  identity.instance_id = "i-0af01c0123456789a";
  identity.is_local = false;
  identity.region = "eu-west-1";
  identity.availability_zone = "eu-west-1b";
  identity.instance_type = "m7g.large";
  identity.image_id = "ami-1";
  identity.account_id = "123456789012";
  trace::Resource resource;
  describe(identity, wanted, resource);
  std::vector<std::string> names;
  for (const auto& attribute : resource.attributes()) names.push_back(attribute.first);
  return names;
}

TEST(Identity, of_an_instance_is_told_as_far_as_the_detector_aws_may) {
  EXPECT_THAT(told_of_an_instance(Detection::of_everything()),
              UnorderedElementsAre("spawn.instance_id", "host.id", "host.type", "host.image.id",
                                   "cloud.provider", "cloud.platform", "cloud.region",
                                   "cloud.availability_zone", "cloud.account.id"));
  EXPECT_THAT(told_of_an_instance({{Detector::aws}, {"cloud.*"}, {"cloud.account.id"}}),
              UnorderedElementsAre("spawn.instance_id", "cloud.provider", "cloud.platform",
                                   "cloud.region", "cloud.availability_zone"));
  EXPECT_THAT(told_of_an_instance({{Detector::host}}), ElementsAre("spawn.instance_id"));
}

}  // namespace
}  // namespace spawn::agent
