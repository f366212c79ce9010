// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include "core/rng.h"
#include "core/text.h"
#include "server/fields.h"
#include "server/settings_api.h"
#include "view/filter.h"

namespace spawn::server {
namespace {

using core::Json;

constexpr std::string_view kKind = "group";
constexpr std::string_view kArn = "arn:aws:xray:us-east-1:000000000000:group/";
constexpr std::size_t kMaxName = 32;
// All traces. X-Ray makes it, and nobody makes, filters or deletes it: "Default is a reserved
// name", https://docs.aws.amazon.com/xray/latest/api/API_CreateGroup.html
constexpr std::string_view kDefault = "Default";

Json insights_of(const Json& request) {
  const Json* given = request.find("InsightsConfiguration");
  if (given != nullptr && given->object() != nullptr) return *given;
  return Json(
      Json::Object{{"InsightsEnabled", Json(false)}, {"NotificationsEnabled", Json(false)}});
}

}  // namespace

core::Result<GroupsApi::Groups> GroupsApi::groups() {
  const auto items = store_.items(kKind);
  if (!items) return core::fail(items.error());
  Groups groups;
  for (const auto& [name, json] : *items) {
    if (auto group = Json::parse(json)) groups.emplace(name, std::move(*group));
  }
  groups.try_emplace(std::string(kDefault),
                     Json::Object{{"GroupName", text(kDefault)},
                                  {"GroupARN", Json(std::string(kArn) + std::string(kDefault))},
                                  {"InsightsConfiguration", insights_of(Json())}});
  return groups;
}

namespace {

using Groups = std::map<std::string, Json>;

Groups::const_iterator find_group(const Groups& groups, std::string_view name,
                                  std::string_view arn) {
  if (!name.empty()) return groups.find(std::string(name));
  auto at = groups.begin();
  while (at != groups.end() && at->second.text_at("GroupARN") != arn) ++at;
  return at;
}

// Groups inside of groups are not looked up: one could name itself.
std::optional<http::Reply> bad_expression(const Json& group) {
  const auto filter = view::Filter::parse(group.text_at("FilterExpression"));
  if (filter) return std::nullopt;
  return invalid_request("FilterExpression: " + core::visible(filter.error().message));
}

http::Reply no_such_group(const Json& request) {
  return invalid_request(fmt::format("there is no group '{}'", request.text_at("GroupName").empty()
                                                                   ? request.text_at("GroupARN")
                                                                   : request.text_at("GroupName")));
}

}  // namespace

http::Reply GroupsApi::save(const Json& group) {
  if (auto refused = bad_expression(group)) return std::move(*refused);
  if (auto put = store_.put_item(kKind, group.text_at("GroupName"), group.to_text()); !put) {
    return aws_error(put.error());
  }
  return json_reply({{"Group", group}});
}

http::Reply GroupsApi::get_group(const Json& request) {
  const auto all = groups();
  if (!all) return aws_error(all.error());
  const auto found = find_group(*all, request.text_at("GroupName"), request.text_at("GroupARN"));
  if (found == all->end()) return no_such_group(request);
  return json_reply({{"Group", found->second}});
}

http::Reply GroupsApi::get_groups() {
  const auto all = groups();
  if (!all) return aws_error(all.error());
  Json::Array list;
  for (const auto& [name, group] : *all) list.push_back(group);
  return json_reply({{"Groups", Json(std::move(list))}});
}

http::Reply GroupsApi::create_group(const Json& request) {
  const std::string name(request.text_at("GroupName"));
  if (name.empty() || name.size() > kMaxName) {
    return invalid_request("GroupName: expected 1 to 32 characters");
  }
  if (name == kDefault) return invalid_request("GroupName: Default is a reserved name");
  const std::lock_guard lock(mutex_);
  const auto all = groups();
  if (!all) return aws_error(all.error());
  if (all->contains(name)) {
    return invalid_request(fmt::format("there is a group '{}' already", name));
  }
  if (all->size() > kMaxGroups) {  // Default does not count
    return invalid_request(fmt::format("there are {} groups already", kMaxGroups));
  }
  const std::string arn =
      fmt::format("{}{}/{}", kArn, name, core::to_upper(core::secure_random_hex(32)));
  return save(Json(Json::Object{{"GroupName", Json(name)},
                                {"GroupARN", Json(arn)},
                                {"FilterExpression", text(request.text_at("FilterExpression"))},
                                {"InsightsConfiguration", insights_of(request)}}));
}

http::Reply GroupsApi::update_group(const Json& request) {
  const std::lock_guard lock(mutex_);
  const auto all = groups();
  if (!all) return aws_error(all.error());
  const auto found = find_group(*all, request.text_at("GroupName"), request.text_at("GroupARN"));
  if (found == all->end()) return no_such_group(request);
  if (found->first == kDefault && request.find("FilterExpression") != nullptr) {
    return invalid_request("FilterExpression: the group Default is of all traces");
  }
  Json group = found->second;
  for (const auto* member : {"FilterExpression", "InsightsConfiguration"}) {
    if (const Json* value = request.find(member)) set_member(group, member, *value);
  }
  return save(group);
}

http::Reply GroupsApi::delete_group(const Json& request) {
  const std::lock_guard lock(mutex_);
  const auto all = groups();
  if (!all) return aws_error(all.error());
  const auto found = find_group(*all, request.text_at("GroupName"), request.text_at("GroupARN"));
  if (found == all->end()) return no_such_group(request);
  if (found->first == kDefault) return invalid_request("the group Default cannot be deleted");
  if (const auto removed = store_.remove_item(kKind, found->first); !removed) {
    return aws_error(removed.error());
  }
  return json_reply(Json::Object());
}

std::optional<std::string> GroupsApi::expression_of(std::string_view name_or_arn) {
  const auto all = groups();
  if (!all) return std::nullopt;
  auto found = find_group(*all, name_or_arn, {});
  if (found == all->end()) found = find_group(*all, {}, name_or_arn);
  if (found == all->end()) return std::nullopt;
  return std::string(found->second.text_at("FilterExpression"));
}

}  // namespace spawn::server
