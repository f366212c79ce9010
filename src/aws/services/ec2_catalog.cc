// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
#include "aws/services/ec2_catalog.h"

#include "aws/protocol/xml.h"
#include "core/text.h"

namespace spawn::aws::ec2 {
namespace {

std::int64_t number_at(xml::Element element, std::string_view name) {
  return core::parse_int(element.find(name).text()).value_or(0);
}

InstanceType read_type(xml::Element item) {
  InstanceType type;
  type.name = item.text_at("instanceType");
  item.find("processorInfo")
      .for_each_in("supportedArchitectures", "item", [&](xml::Element architecture) {
        type.architectures.emplace_back(architecture.text());
      });
  type.vcpus = static_cast<int>(number_at(item.find("vCpuInfo"), "defaultVCpus"));
  type.memory_mib = number_at(item.find("memoryInfo"), "sizeInMiB");
  item.for_each_in("supportedUsageClasses", "item", [&](xml::Element usage) {
    if (usage.text() == "spot") type.spot = true;
  });
  type.hibernation = item.find("hibernationSupported").is_true();
  type.current_generation = item.find("currentGeneration").is_true();
  return type;
}

}  // namespace

core::Result<InstanceTypePage> describe_instance_types(Caller& caller, const Endpoint& endpoint,
                                                       const DescribeInstanceTypes& request,
                                                       core::Deadline deadline) {
  query::Form form = ec2::form("DescribeInstanceTypes");
  form.list("InstanceType", request.names).text_if("NextToken", request.next_token);
  add_filters(form, request.filters);
  const Call call = query::make_call(kService, endpoint, form, deadline);
  const auto reply = xml::call_for_document(caller, call, "DescribeInstanceTypesResponse");
  if (!reply) return core::fail(reply.error());
  InstanceTypePage page;
  reply->root().for_each_in("instanceTypeSet", "item",
                            [&](xml::Element item) { page.types.push_back(read_type(item)); });
  page.next_token = reply->root().text_at("nextToken");
  return page;
}

core::Result<std::vector<Image>> describe_images(Caller& caller, const Endpoint& endpoint,
                                                 const DescribeImages& request,
                                                 core::Deadline deadline) {
  query::Form form = ec2::form("DescribeImages");
  form.list("ImageId", request.ids).list("Owner", request.owners);
  add_filters(form, request.filters);
  const Call call = query::make_call(kService, endpoint, form, deadline);
  const auto reply = xml::call_for_document(caller, call, "DescribeImagesResponse");
  if (!reply) return core::fail(reply.error());
  std::vector<Image> images;
  reply->root().for_each_in("imagesSet", "item", [&](xml::Element item) {
    images.push_back({item.text_at("imageId"), item.text_at("name"), item.text_at("imageState"),
                      item.text_at("architecture"), item.text_at("creationDate"),
                      item.text_at("rootDeviceName")});
  });
  return images;
}

}  // namespace spawn::aws::ec2
