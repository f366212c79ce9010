// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
#include "launch/image.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "aws/services/ec2_catalog.h"
#include "aws/services/ssm.h"

namespace spawn::launch {
namespace {

using core::Code;

// The packages of the agent are built on it.
constexpr std::string_view kDebianRelease = "12";

core::Result<std::string> architecture_of(aws::Session& session, const std::string& type,
                                          core::Deadline deadline) {
  const auto endpoint = session.endpoint(aws::ec2::kService);
  if (!endpoint) return core::fail(endpoint.error());
  const auto page =
      aws::ec2::describe_instance_types(session.caller(), *endpoint, {{type}, {}, {}}, deadline);
  if (!page) {
    core::Error error = page.error();
    if (error.message.find("InvalidInstanceType") == std::string::npos) {
      return core::fail(std::move(error));
    }
  }
  if (!page || page->types.empty()) {
    return core::fail(Code::not_found,
                      fmt::format("there is no instance type '{}' in {}", type, endpoint->region));
  }
  const auto& known = page->types.front().architectures;
  const auto has = [&](std::string_view name) {
    return std::ranges::find(known, name) != known.end();
  };
  if (has("x86_64")) return std::string("amd64");
  if (has("arm64")) return std::string("arm64");
  return core::fail(Code::invalid_argument,
                    fmt::format("{} is of architecture {}; spawn knows x86_64 and arm64", type,
                                fmt::join(known, ", ")));
}

core::Result<std::string> parameter(aws::Session& session, const std::string& name,
                                    core::Deadline deadline) {
  const auto endpoint = session.endpoint(aws::ssm::kService);
  if (!endpoint) return core::fail(endpoint.error());
  auto found = aws::ssm::get_parameter(session.caller(), *endpoint, name, deadline);
  if (!found) {
    return core::fail(
        std::move(found.error()).while_(fmt::format("finding the image: parameter {}", name)));
  }
  if (!found->value.starts_with("ami-")) {
    return core::fail(Code::not_found,
                      fmt::format("the parameter {} names no image: '{}'", name, found->value));
  }
  return std::move(found->value);
}

core::Result<std::string> root_device_of(aws::Session& session, const std::string& id,
                                         core::Deadline deadline) {
  const auto endpoint = session.endpoint(aws::ec2::kService);
  if (!endpoint) return core::fail(endpoint.error());
  const auto images =
      aws::ec2::describe_images(session.caller(), *endpoint, {{id}, {}, {}}, deadline);
  if (!images) return core::fail(images.error());
  if (images->empty() || images->front().root_device_name.empty()) {
    return core::fail(Code::not_found, fmt::format("the image {} has no root volume that could be "
                                                   "resized or encrypted",
                                                   id));
  }
  return images->front().root_device_name;
}

}  // namespace

core::Result<Image> find_image(aws::Session& session, const Plan& plan, core::Deadline deadline) {
  Image image;
  auto architecture = architecture_of(session, plan.instance_type, deadline);
  if (!architecture) return core::fail(std::move(architecture.error()));
  image.architecture = std::move(*architecture);
  image.id = plan.ami;
  if (!image.id.starts_with("ami-")) {
    const std::string name = !plan.ami.empty()
                                 ? plan.ami
                                 : fmt::format("/aws/service/debian/release/{}/latest/{}",
                                               kDebianRelease, image.architecture);
    auto id = parameter(session, name, deadline);
    if (!id) return core::fail(std::move(id.error()));
    image.id = std::move(*id);
  }
  if (plan.volume_gib > 0 || plan.hibernates) {
    auto device = root_device_of(session, image.id, deadline);
    if (!device) return core::fail(std::move(device.error()));
    image.root_device_name = std::move(*device);
  }
  return image;
}

}  // namespace spawn::launch
