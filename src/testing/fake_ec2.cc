// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
#include "testing/fake_ec2.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "core/base64.h"
#include "core/text.h"
#include "testing/fake_aws_replies.h"

namespace spawn::testing {
namespace {

using Form = std::map<std::string, std::string, std::less<>>;
using Instance = FakeEc2::Instance;

constexpr std::size_t kMaxTags = 50;
constexpr std::size_t kMaxUserDataBytes = 16 << 10;

http::Reply refuse(std::string_view code, std::string_view message) {
  return error_reply("ec2", 400, code, message);
}

http::Reply xml_reply(std::string_view action, std::string_view inside) {
  http::Reply reply;
  reply.status = 200;
  reply.headers = {{"Content-Type", "text/xml;charset=UTF-8"}};
  reply.body = fmt::format(
      "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<{0}Response "
      "xmlns=\"http://ec2.amazonaws.com/doc/2016-11-15/\">{1}</{0}Response>",
      action, inside);
  return reply;
}

std::string escaped(std::string_view text) {
  std::string out;
  for (const char c : text) {
    switch (c) {
      case '<':
        out += "&lt;";
        break;
      case '&':
        out += "&amp;";
        break;
      default:
        out += c;
    }
  }
  return out;
}

std::string text_at(const Form& form, std::string_view name) {
  const auto at = form.find(name);
  return at == form.end() ? std::string() : at->second;
}

Form parse(std::string_view body) {
  Form form;
  for (const std::string_view pair : core::split(body, '&')) {
    const auto equals = pair.find('=');
    if (equals == std::string_view::npos) continue;
    form[core::percent_decode(pair.substr(0, equals))] =
        core::percent_decode(pair.substr(equals + 1));
  }
  return form;
}

// "InstanceId.1", "InstanceId.2", …
std::vector<std::string> list_at(const Form& form, const std::string& name) {
  std::vector<std::string> list;
  for (int i = 1;; ++i) {
    const auto at = form.find(fmt::format("{}.{}", name, i));
    if (at == form.end()) return list;
    list.push_back(at->second);
  }
}

std::map<std::string, std::string> tags_at(const Form& form, const std::string& prefix) {
  std::map<std::string, std::string> tags;
  for (int i = 1;; ++i) {
    const auto key = form.find(fmt::format("{}Tag.{}.Key", prefix, i));
    if (key == form.end()) return tags;
    tags[key->second] = text_at(form, fmt::format("{}Tag.{}.Value", prefix, i));
  }
}

std::string item_of(const Instance& instance) {
  std::string tags;
  for (const auto& [key, value] : instance.tags) {
    tags +=
        fmt::format("<item><key>{}</key><value>{}</value></item>", escaped(key), escaped(value));
  }
  return fmt::format(
      "<item><instanceId>{}</instanceId><amiLaunchIndex>{}</amiLaunchIndex><imageId>{}</"
      "imageId><instanceType>{}</instanceType>"
      "<instanceState><code>16</code><name>{}</name></instanceState>"
      "<placement><availabilityZone>us-east-1a</availabilityZone></placement>"
      "<privateIpAddress>10.0.0.1</privateIpAddress><launchTime>2026-01-02T03:04:05.000Z"
      "</launchTime><tagSet>{}</tagSet></item>",
      instance.id, instance.launch_index, escaped(instance.image_id), instance.type, instance.state,
      tags);
}

// Filters by tag, by state and by id; another one is refused by describe().
bool passes(const Instance& instance, std::string_view name, const std::vector<std::string>& any) {
  std::string has = name == "instance-id" ? instance.id : instance.state;
  if (name.starts_with("tag:")) {
    const auto tag = instance.tags.find(std::string(name.substr(4)));
    if (tag == instance.tags.end()) return false;
    has = tag->second;
  }
  return std::ranges::find(any, has) != any.end();
}

}  // namespace

Instance* FakeEc2::find(std::string_view id) {
  const auto at = std::ranges::find(instances_, id, &Instance::id);
  return at == instances_.end() ? nullptr : &*at;
}

http::Reply FakeEc2::serve(std::string_view body) {
  const Form form = parse(body);
  const std::string action = text_at(form, "Action");
  for (const std::string& id : list_at(form, "InstanceId")) {
    if (find(id) == nullptr) {
      return refuse("InvalidInstanceID.NotFound",
                    fmt::format("The instance ID '{}' does not exist", id));
    }
  }
  if (action == "RunInstances") return run(form);
  if (action == "DescribeInstances") return describe(form);
  if (action == "TerminateInstances") return change_state(form, action, "terminated");
  if (action == "StopInstances") return change_state(form, action, "stopped");
  if (action == "StartInstances") return change_state(form, action, "running");
  if (action == "DescribeInstanceTypes") return describe_types(form);
  if (action == "CreateTags") return create_tags(form);
  if (action == "DescribeTags") return describe_tags(form);
  return refuse("InvalidAction", "not in this fake");
}

http::Reply FakeEc2::run(const Form& form) {
  auto tags = tags_at(form, "TagSpecification.1.");
  if (tags.size() > kMaxTags) {
    return refuse("TagLimitExceeded", "More than 50 tags specified");
  }
  std::string user_data = core::base64_decode(text_at(form, "UserData")).value_or("");
  if (user_data.size() > kMaxUserDataBytes) {
    return refuse("InvalidParameterValue", "User data is limited to 16384 bytes");
  }
  const std::string token = text_at(form, "ClientToken");
  std::string items;
  for (const Instance& instance : instances_) {
    if (!token.empty() && instance.client_token == token) items += item_of(instance);
  }
  const auto count = core::parse_int(text_at(form, "MaxCount")).value_or(1);
  const bool used_before = !items.empty();
  for (std::int64_t i = 0; !used_before && i < count; ++i) {
    Instance instance;
    instance.id = fmt::format("i-{:017x}", instances_.size() + 1);
    instance.type = text_at(form, "InstanceType");
    instance.image_id = text_at(form, "ImageId");
    instance.user_data = user_data;
    instance.client_token = token;
    instance.launch_index = static_cast<int>(i);
    instance.tags = tags;
    items += item_of(instance);
    instances_.push_back(std::move(instance));
  }
  return xml_reply("RunInstances",
                   "<reservationId>r-1</reservationId><instancesSet>" + items + "</instancesSet>");
}

http::Reply FakeEc2::describe(const Form& form) {
  const auto ids = list_at(form, "InstanceId");
  std::string items;
  for (const Instance& instance : instances_) {
    bool wanted = ids.empty() || std::ranges::find(ids, instance.id) != ids.end();
    for (int i = 1; wanted; ++i) {
      const std::string name = text_at(form, fmt::format("Filter.{}.Name", i));
      if (name.empty()) break;
      if (!name.starts_with("tag:") && name != "instance-state-name" && name != "instance-id") {
        return refuse("InvalidParameterValue", "a filter that is not in this fake");
      }
      wanted = passes(instance, name, list_at(form, fmt::format("Filter.{}.Value", i)));
    }
    if (wanted) items += item_of(instance);
  }
  return xml_reply("DescribeInstances",
                   "<reservationSet><item><reservationId>r-1</reservationId><instancesSet>" +
                       items + "</instancesSet></item></reservationSet>");
}

// As for real types: those with a "g" behind the generation's number are Graviton.
http::Reply FakeEc2::describe_types(const Form& form) {
  std::string items;
  for (const std::string& type : list_at(form, "InstanceType")) {
    const auto dot = type.find('.');
    if (dot == std::string::npos) {
      return refuse("InvalidInstanceType",
                    "The following supplied instance types do not exist: [" + escaped(type) + "]");
    }
    items += fmt::format(
        "<item><instanceType>{}</instanceType><processorInfo><supportedArchitectures><item>{}</"
        "item>"
        "</supportedArchitectures></processorInfo></item>",
        escaped(type), dot > 2 && type[dot - 1] == 'g' ? "arm64" : "x86_64");
  }
  return xml_reply("DescribeInstanceTypes", "<instanceTypeSet>" + items + "</instanceTypeSet>");
}

http::Reply FakeEc2::change_state(const Form& form, std::string_view action,
                                  std::string_view state) {
  std::string items;
  for (const std::string& id : list_at(form, "InstanceId")) {
    Instance& instance = *find(id);
    items += fmt::format(
        "<item><instanceId>{}</instanceId><currentState><name>{}</name></currentState>"
        "<previousState><name>{}</name></previousState></item>",
        id, state, instance.state);
    instance.state = state;
  }
  return xml_reply(action, "<instancesSet>" + items + "</instancesSet>");
}

http::Reply FakeEc2::create_tags(const Form& form) {
  for (const std::string& id : list_at(form, "ResourceId")) {
    Instance* instance = find(id);
    if (instance == nullptr) return refuse("InvalidID", "The ID '" + id + "' is not valid");
    auto tags = instance->tags;
    for (auto& [key, value] : tags_at(form, "")) tags[key] = value;
    if (tags.size() > kMaxTags) return refuse("TagLimitExceeded", "More than 50 tags");
    instance->tags = std::move(tags);
  }
  return xml_reply("CreateTags", "<return>true</return>");
}

http::Reply FakeEc2::describe_tags(const Form& form) const {
  const auto ids = text_at(form, "Filter.1.Name") == "resource-id" ? list_at(form, "Filter.1.Value")
                                                                   : std::vector<std::string>();
  std::string items;
  for (const Instance& instance : instances_) {
    if (!ids.empty() && std::ranges::find(ids, instance.id) == ids.end()) continue;
    for (const auto& [key, value] : instance.tags) {
      items += fmt::format(
          "<item><resourceId>{}</resourceId><resourceType>instance</resourceType><key>{}</key>"
          "<value>{}</value></item>",
          instance.id, escaped(key), escaped(value));
    }
  }
  return xml_reply("DescribeTags", "<tagSet>" + items + "</tagSet>");
}

}  // namespace spawn::testing
