// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
//
// EC2: what there is to choose from, types of instances and images.
// https://docs.aws.amazon.com/AWSEC2/latest/APIReference/
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "aws/services/ec2.h"

namespace spawn::aws::ec2 {

struct InstanceType {
  std::string name;
  std::vector<std::string> architectures;  // "x86_64", "arm64"
  int vcpus = 0;
  std::int64_t memory_mib = 0;
  bool spot = false;
  bool hibernation = false;
  bool current_generation = false;
};
struct DescribeInstanceTypes {
  std::vector<std::string> names;
  std::vector<Filter> filters;
  std::string next_token;
};
struct InstanceTypePage {
  std::vector<InstanceType> types;
  std::string next_token;
};
core::Result<InstanceTypePage> describe_instance_types(Caller& caller, const Endpoint& endpoint,
                                                       const DescribeInstanceTypes& request,
                                                       core::Deadline deadline);

struct Image {
  std::string id;
  std::string name;
  std::string state;  // "available"
  std::string architecture;
  std::string creation_date;
  std::string root_device_name;
};
struct DescribeImages {
  std::vector<std::string> ids;
  std::vector<std::string> owners;  // "amazon", "self", an account
  std::vector<Filter> filters;
};
core::Result<std::vector<Image>> describe_images(Caller& caller, const Endpoint& endpoint,
                                                 const DescribeImages& request,
                                                 core::Deadline deadline);

}  // namespace spawn::aws::ec2
