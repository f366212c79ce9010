// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
#include "aws/services/ec2.h"

#include <fmt/format.h>

#include <utility>

#include "aws/protocol/xml.h"
#include "core/base64.h"
#include "core/text.h"
#include "trace/attributes.h"

namespace spawn::aws::ec2 {
namespace {

using query::Form;

Tags read_tags(xml::Element owner) {
  Tags tags;
  owner.for_each_in("tagSet", "item",
                    [&](xml::Element item) { tags[item.text_at("key")] = item.text_at("value"); });
  return tags;
}

Instance read_instance(xml::Element item) {
  Instance instance;
  instance.id = item.text_at("instanceId");
  instance.state = item.find("instanceState").text_at("name");
  instance.state_reason = item.find("stateReason").text_at("message");
  instance.type = item.text_at("instanceType");
  instance.image_id = item.text_at("imageId");
  instance.availability_zone = item.find("placement").text_at("availabilityZone");
  instance.private_ip = item.text_at("privateIpAddress");
  instance.public_ip = item.text_at("ipAddress");
  instance.key_name = item.text_at("keyName");
  instance.launch_time = item.text_at("launchTime");
  instance.launch_index =
      static_cast<int>(core::parse_int(item.text_at("amiLaunchIndex")).value_or(0));
  instance.spot = item.find("instanceLifecycle").text() == "spot";
  instance.tags = read_tags(item);
  return instance;
}

std::vector<Instance> read_instances(xml::Element reservation) {
  std::vector<Instance> instances;
  reservation.for_each_in("instancesSet", "item",
                          [&](xml::Element item) { instances.push_back(read_instance(item)); });
  return instances;
}

void add_tags(Form& form, const std::string& prefix, const Tags& tags) {
  int number = 0;
  for (const auto& [key, value] : tags) {
    const std::string tag = fmt::format("{}Tag.{}.", prefix, ++number);
    form.text(tag + "Key", key).text(tag + "Value", value);
  }
}

// A call about one instance can be found by it.
void name_instance(Call& call, std::span<const std::string> ids) {
  if (ids.size() == 1) call.attributes.emplace_back(trace::key::kInstanceId, ids[0]);
}

void describe_launch(const Outcome& outcome, trace::SpanRecord& span) {
  if (!outcome) return;
  const auto document = xml::Document::parse(outcome->body);
  if (!document) return;
  const auto instances = read_instances(document->root());
  if (instances.size() == 1) span.set(trace::key::kInstanceId, instances[0].id);
}

void add_spot(Form& form, const RunInstances& request) {
  if (!request.spot) return;
  form.text("InstanceMarketOptions.MarketType", "spot");
  form.text_if("InstanceMarketOptions.SpotOptions.MaxPrice", request.spot_max_price);
}

void add_root_volume(Form& form, const RunInstances& request) {
  if (request.root_volume_gib == 0 && !request.hibernation) return;
  form.text("BlockDeviceMapping.1.DeviceName", request.root_device_name);
  form.integer_if("BlockDeviceMapping.1.Ebs.VolumeSize", request.root_volume_gib);
  // EC2 hibernates to an encrypted volume only.
  if (request.hibernation) form.flag("BlockDeviceMapping.1.Ebs.Encrypted", true);
}

void add_profile(Form& form, const std::string& profile) {
  const char* key =
      profile.starts_with("arn:") ? "IamInstanceProfile.Arn" : "IamInstanceProfile.Name";
  form.text_if(key, profile);
}

Form run_instances_form(const RunInstances& request) {
  Form form = ec2::form("RunInstances");
  form.text("ImageId", request.image_id)
      .text("InstanceType", request.instance_type)
      .integer("MinCount", request.count)
      .integer("MaxCount", request.count)
      .text_if("ClientToken", request.client_token)
      .text_if("KeyName", request.key_name)
      .text_if("SubnetId", request.subnet_id)
      .list("SecurityGroupId", request.security_group_ids)
      .text_if("Placement.AvailabilityZone", request.availability_zone)
      .text_if("UserData", core::base64_encode(request.user_data))
      .text_if("InstanceInitiatedShutdownBehavior", request.shutdown_behavior)
      .text("MetadataOptions.HttpTokens", "required");
  if (request.tags_in_metadata) form.text("MetadataOptions.InstanceMetadataTags", "enabled");
  if (request.hibernation) form.flag("HibernationOptions.Configured", true);
  if (request.dry_run) form.flag("DryRun", true);
  add_profile(form, request.iam_instance_profile);
  add_spot(form, request);
  add_root_volume(form, request);
  if (!request.tags.empty()) {
    int number = 0;
    for (const char* type : {"instance", "volume"}) {
      const std::string prefix = fmt::format("TagSpecification.{}.", ++number);
      form.text(prefix + "ResourceType", type);
      add_tags(form, prefix, request.tags);
    }
  }
  return form;
}

StateChanges change_state(Caller& caller, const Endpoint& endpoint, Form form,
                          std::span<const std::string> ids, core::Deadline deadline) {
  if (ids.empty()) {
    return core::fail(core::Code::invalid_argument,
                      "EC2 " + form.action() + ": expected one instance id at least");
  }
  form.list("InstanceId", ids);
  Call call = query::make_call(kService, endpoint, form, deadline);
  name_instance(call, ids);
  const auto reply = xml::call_for_document(caller, call, form.action() + "Response");
  if (!reply) return core::fail(reply.error());
  std::vector<StateChange> changes;
  reply->root().for_each_in("instancesSet", "item", [&](xml::Element item) {
    changes.push_back({item.text_at("instanceId"), item.find("previousState").text_at("name"),
                       item.find("currentState").text_at("name")});
  });
  return changes;
}

}  // namespace

const ServiceInfo kService{"EC2", "ec2", "ec2", "EC2", Protocol::ec2_query, true};

query::Form form(std::string_view action) { return {action, "2016-11-15"}; }

void add_filters(Form& form, std::span<const Filter> filters) {
  int number = 0;
  for (const Filter& filter : filters) {
    const std::string prefix = fmt::format("Filter.{}.", ++number);
    form.text(prefix + "Name", filter.name).list(prefix + "Value", filter.values);
  }
}

core::Result<std::vector<Instance>> run_instances(Caller& caller, const Endpoint& endpoint,
                                                  const RunInstances& request,
                                                  core::Deadline deadline) {
  Call call = query::make_call(kService, endpoint, run_instances_form(request), deadline);
  call.idempotent = !request.client_token.empty();
  call.describe = describe_launch;
  const auto reply = xml::call_for_document(caller, call, "RunInstancesResponse");
  if (!reply) return core::fail(reply.error());
  return read_instances(reply->root());
}

core::Result<InstancePage> describe_instances(Caller& caller, const Endpoint& endpoint,
                                              const DescribeInstances& request,
                                              core::Deadline deadline) {
  Form form = ec2::form("DescribeInstances");
  form.list("InstanceId", request.ids)
      .integer_if("MaxResults", request.max_results)
      .text_if("NextToken", request.next_token);
  add_filters(form, request.filters);
  Call call = query::make_call(kService, endpoint, form, deadline);
  name_instance(call, request.ids);
  const auto reply = xml::call_for_document(caller, call, "DescribeInstancesResponse");
  if (!reply) return core::fail(reply.error());
  InstancePage page;
  reply->root().for_each_in("reservationSet", "item", [&](xml::Element reservation) {
    for (Instance& instance : read_instances(reservation)) {
      page.instances.push_back(std::move(instance));
    }
  });
  page.next_token = reply->root().text_at("nextToken");
  return page;
}

StateChanges terminate_instances(Caller& caller, const Endpoint& endpoint,
                                 std::span<const std::string> ids, core::Deadline deadline) {
  return change_state(caller, endpoint, form("TerminateInstances"), ids, deadline);
}

StateChanges stop_instances(Caller& caller, const Endpoint& endpoint,
                            std::span<const std::string> ids, Stop how, core::Deadline deadline) {
  Form stop = form("StopInstances");
  if (how == Stop::hibernate) stop.flag("Hibernate", true);
  return change_state(caller, endpoint, std::move(stop), ids, deadline);
}

StateChanges start_instances(Caller& caller, const Endpoint& endpoint,
                             std::span<const std::string> ids, core::Deadline deadline) {
  return change_state(caller, endpoint, form("StartInstances"), ids, deadline);
}

core::Status create_tags(Caller& caller, const Endpoint& endpoint,
                         std::span<const std::string> resource_ids, const Tags& tags,
                         core::Deadline deadline) {
  Form form = ec2::form("CreateTags");
  form.list("ResourceId", resource_ids);
  add_tags(form, "", tags);
  const Call call = query::make_call(kService, endpoint, form, deadline);
  const auto reply = xml::call_for_document(caller, call, "CreateTagsResponse");
  return reply ? core::ok() : core::Status(core::fail(reply.error()));
}

core::Result<TagPage> describe_tags(Caller& caller, const Endpoint& endpoint,
                                    const DescribeTags& request, core::Deadline deadline) {
  Form form = ec2::form("DescribeTags");
  form.text_if("NextToken", request.next_token);
  add_filters(form, request.filters);
  const Call call = query::make_call(kService, endpoint, form, deadline);
  const auto reply = xml::call_for_document(caller, call, "DescribeTagsResponse");
  if (!reply) return core::fail(reply.error());
  TagPage page;
  reply->root().for_each_in("tagSet", "item", [&](xml::Element item) {
    page.by_resource[item.text_at("resourceId")][item.text_at("key")] = item.text_at("value");
  });
  page.next_token = reply->root().text_at("nextToken");
  return page;
}

}  // namespace spawn::aws::ec2
