// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
#include "agent/cloud.h"

#include <fmt/format.h>

#include "aws/services/ec2.h"
#include "core/json.h"
#include "core/text.h"
#include "handoff/tags.h"

namespace spawn::agent {
namespace {

constexpr std::string_view kTagPath = "/latest/meta-data/tags/instance";

// Code::not_found: the launch did not allow it.
core::Result<config::Tags> tags_of_metadata(aws::Imds& imds) {
  const auto names = imds.get(kTagPath);
  if (!names) return core::fail(names.error());
  config::Tags tags;
  for (const std::string_view line : core::split(*names, '\n')) {
    const std::string name(core::trim(line));
    if (!name.starts_with(handoff::tag::kPrefix)) continue;
    auto value = imds.get(fmt::format("{}/{}", kTagPath, name));
    // Removed since the list was read.
    if (!value && value.error().code == core::Code::not_found) continue;
    if (!value) return core::fail(std::move(value.error()));
    tags[name] = std::move(*value);
  }
  return tags;
}

core::Result<config::Tags> tags_of_ec2(const Identity& identity, aws::Session& session,
                                       core::Deadline deadline) {
  const auto endpoint = session.endpoint(aws::ec2::kService);
  if (!endpoint) return core::fail(endpoint.error());
  aws::ec2::DescribeTags request;
  request.filters = {{"resource-id", {identity.instance_id}}};
  config::Tags tags;
  do {
    auto page = aws::ec2::describe_tags(session.caller(), *endpoint, request, deadline);
    if (!page) return core::fail(std::move(page.error()));
    for (const auto& [name, value] : page->by_resource[identity.instance_id]) {
      if (name.starts_with(handoff::tag::kPrefix)) tags[name] = value;
    }
    request.next_token = page->next_token;
  } while (!request.next_token.empty());
  return tags;
}

// One call launches all members of a job array, with the same tags; EC2 counts them from 0.
void add_index(aws::Imds& imds, config::Tags& tags) {
  if (!tags.contains(handoff::tag::kJobArrayId) || tags.contains(handoff::tag::kJobArrayIndex)) {
    return;
  }
  const auto index = imds.get("/latest/meta-data/ami-launch-index");
  if (index) tags.emplace(handoff::tag::kJobArrayIndex, core::trim(*index));
}

}  // namespace

core::Result<config::Tags> read_tags(const Identity& identity, aws::Imds& imds,
                                     aws::Session& session, core::Deadline deadline) {
  auto tags = tags_of_metadata(imds);
  if (!tags) tags = tags_of_ec2(identity, session, deadline);
  if (tags) add_index(imds, *tags);
  return tags;
}

core::Status write_tag(const Identity& identity, aws::Session& session, const std::string& tag,
                       const std::string& value, core::Deadline deadline) {
  const auto endpoint = session.endpoint(aws::ec2::kService);
  if (!endpoint) return core::fail(endpoint.error());
  const std::string ids[] = {identity.instance_id};
  return aws::ec2::create_tags(session.caller(), *endpoint, ids, {{tag, value}}, deadline);
}

core::Status end_instance(const Identity& identity, aws::Session& session, Action action,
                          core::Deadline deadline) {
  const auto endpoint = session.endpoint(aws::ec2::kService);
  if (!endpoint) return core::fail(endpoint.error());
  const std::string ids[] = {identity.instance_id};
  const auto changes =
      action == Action::terminate
          ? aws::ec2::terminate_instances(session.caller(), *endpoint, ids, deadline)
          : aws::ec2::stop_instances(
                session.caller(), *endpoint, ids,
                action == Action::hibernate ? aws::ec2::Stop::hibernate : aws::ec2::Stop::stop,
                deadline);
  if (!changes) return core::fail(changes.error());
  return core::ok();
}

std::string spot_notice(aws::Imds& imds) {
  const auto text = imds.get("/latest/meta-data/spot/instance-action");
  if (!text) return {};
  const auto notice = core::Json::parse(*text);
  if (!notice || notice->text_at("action").empty()) return {};
  return core::visible(fmt::format("{} at {}", notice->text_at("action"), notice->text_at("time")));
}

}  // namespace spawn::agent
