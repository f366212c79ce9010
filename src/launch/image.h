// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
//
// What a launch boots: the image that was named, or what an SSM parameter says, or Debian's own
// newest for the instance type's architecture. Debian publishes its images as public parameters:
// https://wiki.debian.org/Cloud/AmazonEC2Image
#pragma once

#include <string>

#include "aws/session.h"
#include "launch/options.h"

namespace spawn::launch {

struct Image {
  std::string id;
  std::string architecture;      // Debian's name: "amd64", "arm64"
  std::string root_device_name;  // looked up only when the plan needs it, else ""
};

// Code::not_found when there is no such type, parameter or image in the region.
core::Result<Image> find_image(aws::Session& session, const Plan& plan, core::Deadline deadline);

}  // namespace spawn::launch
