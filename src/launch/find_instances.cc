// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
#include "launch/find_instances.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <tuple>
#include <utility>

#include "aws/paginator.h"
#include "core/text.h"
#include "handoff/tags.h"

namespace spawn::launch {
namespace {

namespace ec2 = aws::ec2;
namespace tag = handoff::tag;
using Instances = std::vector<ec2::Instance>;

constexpr int kPage = 1000;  // what EC2 gives at once

std::string tag_filter(std::string_view key) { return fmt::format("tag:{}", key); }

std::string value_of(const ec2::Instance& instance, std::string_view key) {
  const auto at = instance.tags.find(std::string(key));
  return at == instance.tags.end() ? "" : at->second;
}

core::Result<Instances> fetch(aws::Session& session, telemetry::Tracer& tracer,
                              const std::vector<ec2::Filter>& filters, core::Deadline deadline) {
  const auto endpoint = session.endpoint(ec2::kService);
  if (!endpoint) return core::fail(endpoint.error());
  Instances found;
  const auto done = aws::for_each_page(
      tracer, "EC2.DescribeInstances",
      [&](const std::string& token) {
        return ec2::describe_instances(session.caller(), *endpoint, {{}, filters, kPage, token},
                                       deadline);
      },
      [&](ec2::InstancePage page) {
        std::ranges::move(page.instances, std::back_inserter(found));
      });
  if (!done) return core::fail(done.error());
  return found;
}

std::vector<ec2::Filter> filters_of(const Wanted& wanted) {
  std::vector<ec2::Filter> filters = {{tag_filter(tag::kManaged), {"true"}}};
  filters.push_back(
      {"instance-state-name",
       wanted.states.empty()
           ? std::vector<std::string>{"pending", "running", "stopping", "stopped", "shutting-down"}
           : wanted.states});
  if (!wanted.launch_id.empty()) {
    filters.push_back({tag_filter(tag::kLaunchId), {wanted.launch_id}});
  }
  if (!wanted.job_array_name.empty()) {
    filters.push_back({tag_filter(tag::kJobArrayName), {wanted.job_array_name}});
  }
  for (const auto& [key, value] : wanted.tags) filters.push_back({tag_filter(key), {value}});
  return filters;
}

// One call for the ids and one for the names, whichever there are.
core::Result<Instances> fetch_named(aws::Session& session, telemetry::Tracer& tracer,
                                    const Wanted& wanted, core::Deadline deadline) {
  ec2::Filter ids{"instance-id", {}};
  ec2::Filter names{tag_filter("Name"), {}};
  for (const std::string& name : wanted.names) {
    (name.starts_with("i-") ? ids : names).values.push_back(name);
  }
  Instances found;
  for (const ec2::Filter& by : {ids, names}) {
    if (by.values.empty()) continue;
    auto filters = filters_of(wanted);
    filters.push_back(by);
    auto part = fetch(session, tracer, filters, deadline);
    if (!part) return part;
    std::ranges::move(*part, std::back_inserter(found));
  }
  for (const std::string& name : wanted.names) {
    const bool known = std::ranges::any_of(found, [&](const ec2::Instance& instance) {
      return instance.id == name || value_of(instance, "Name") == name;
    });
    if (known) continue;
    const auto region = session.region();
    return core::fail(core::Code::not_found,
                      fmt::format("spawn launched no instance '{}' in {}, or it is gone",
                                  core::visible(name), region.value_or("this region")));
  }
  return found;
}

}  // namespace

core::Result<Instances> find_instances(aws::Session& session, telemetry::Tracer& tracer,
                                       const Wanted& wanted, core::Deadline deadline) {
  auto found = wanted.names.empty() ? fetch(session, tracer, filters_of(wanted), deadline)
                                    : fetch_named(session, tracer, wanted, deadline);
  if (!found) return found;
  std::ranges::sort(*found, {}, [](const ec2::Instance& instance) {
    return std::tuple(value_of(instance, tag::kLaunchId), instance.launch_index, instance.id);
  });
  const auto twice = std::unique(found->begin(), found->end(),
                                 [](const auto& a, const auto& b) { return a.id == b.id; });
  found->erase(twice, found->end());
  return found;
}

}  // namespace spawn::launch
