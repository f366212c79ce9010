// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
//
// What only a segment says: which process it is, where it runs, and whom it served.
#include <algorithm>

#include "trace/attributes.h"
#include "xray/draft.h"

namespace spawn::xray {
namespace {

namespace key = trace::key;

std::string_view origin_of(const trace::Resource& resource) {
  const std::string_view provider = resource.text(key::kCloudProvider);
  if (!provider.empty() && provider != "aws") return {};
  const std::string_view platform = resource.text(key::kCloudPlatform);
  if (platform == "aws_ecs") {
    const std::string_view launch = resource.text("aws.ecs.launchtype");
    if (core::iequals(launch, "ec2")) return "AWS::ECS::EC2";
    if (core::iequals(launch, "fargate")) return "AWS::ECS::Fargate";
  }
  const auto at = std::ranges::find(kPlatforms, platform, &Platform::cloud_platform);
  return at == kPlatforms.end() ? resource.text("aws.xray.origin") : at->origin;
}

std::string_view version_of(const trace::Resource& resource) {
  const std::string_view version = resource.text(key::kServiceVersion);
  if (!version.empty()) return version;
  const trace::OwnedValue* tags = resource.find("container.image.tags");
  if (tags != nullptr) {
    const auto* list = std::get_if<std::vector<std::string>>(tags);
    if (list != nullptr && !list->empty()) return list->front();
  }
  return resource.text("container.image.tag");
}

}  // namespace

template <class Writer>
void write_service(Draft<Writer>& draft) {
  draft.template field_member<R"(,"user":")">(Field::user);
  if (draft.record.resource == nullptr) return;
  const trace::Resource& resource = *draft.record.resource;
  draft.template member<R"(,"origin":")">(origin_of(resource));
  const auto service = draft.template open<R"(,"service":)">();
  draft.template member<R"(,"version":")">(version_of(resource));
  draft.close(service);
}

template void write_service(Draft<core::JsonWriter>& draft);
template void write_service(Draft<core::NestedJsonWriter>& draft);

}  // namespace spawn::xray
