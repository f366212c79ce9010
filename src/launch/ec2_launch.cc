// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
#include "launch/ec2_launch.h"

#include <fmt/format.h>

#include <algorithm>
#include <climits>
#include <utility>

#include "aws/waiter.h"
#include "launch/agent_package.h"
#include "launch/image.h"
#include "launch/instance_tags.h"
#include "launch/launch_row.h"
#include "launch/refusals.h"
#include "launch/user_data.h"

namespace spawn::launch {
namespace {

using core::Code;
namespace ec2 = aws::ec2;

// For everything before RunInstances and it, an upload over a slow line included.
constexpr core::Nanos kAtMost = std::chrono::minutes(5);
constexpr std::size_t kMaxClientToken = 64;
constexpr core::Nanos kPollEvery = std::chrono::seconds(2);

bool outcome_is_unknown(const core::Error& error) {
  return error.code == Code::timeout || error.code == Code::unavailable || error.code == Code::io ||
         error.code == Code::protocol;
}

std::vector<std::string> ids_of(const std::vector<ec2::Instance>& instances) {
  std::vector<std::string> ids;
  ids.reserve(instances.size());
  for (const ec2::Instance& instance : instances) ids.push_back(instance.id);
  return ids;
}

}  // namespace

core::Status Ec2Launch::check_interrupted() const {
  if (!outside_.interrupted()) return core::ok();
  return core::fail(Code::unavailable, "interrupted; nothing was launched");
}

// Without it the instances still find the context in their tags, so it stops nothing.
void Ec2Launch::publish(const std::string& region) {
  core::Clock& clock = outside_.tracer.clock();
  const std::int64_t now_s = clock.now().wall_ns / 1'000'000'000;
  const auto published =
      registry_.publish_launch(launch_row(id_, "ec2", region, outside_.tracer, now_s),
                               core::Deadline::after(clock, std::chrono::seconds(30)));
  if (!published) {
    outside_.note(
        "the launch is not in the registry, so 'spawn status' will not see its members; "
        "instances take the trace from their tags: " +
        published.error().message);
  }
}

core::Result<std::string> Ec2Launch::user_data(const std::string& architecture) {
  if (!plan_.with_agent) return plan_.user_data;
  const bool with_role = !plan_.iam_role.empty();
  core::Clock& clock = outside_.tracer.clock();
  core::Result<PackageLink> link;
  if (!plan_.agent_url.empty()) {
    link = link_to(session_, plan_.agent_url, with_role, clock);
  } else {
    const auto package = find_package(package_folder_, architecture);
    if (!package) return core::fail(package.error());
    outside_.progress("staging the agent's package");
    link = stage_package(session_, outside_.tracer, *package, with_role,
                         core::Deadline::after(clock, kAtMost));
  }
  if (!link) return core::fail(std::move(link.error()).while_("the agent's package"));
  return launch::user_data(*link, plan_.user_data);
}

core::Result<Launched> Ec2Launch::operator()() {
  core::Clock& clock = outside_.tracer.clock();
  const core::Deadline deadline = core::Deadline::after(clock, kAtMost);
  const auto region = session_.region();
  if (!region) return core::fail(region.error());
  if (auto good = check_link(session_, plan_); !good) return core::fail(std::move(good.error()));
  outside_.progress("finding the image");
  const auto image = find_image(session_, plan_, deadline);
  if (!image) return core::fail(image.error());

  ec2::RunInstances request;
  request.image_id = image->id;
  request.instance_type = plan_.instance_type;
  request.count = plan_.count;
  request.client_token =
      id_.text().substr(id_.text().size() - std::min(id_.text().size(), kMaxClientToken));
  request.key_name = plan_.key_name;
  request.subnet_id = plan_.subnet;
  request.security_group_ids = plan_.security_groups;
  request.availability_zone = plan_.az;
  request.iam_instance_profile = plan_.iam_role;
  request.spot = plan_.spot;
  request.spot_max_price = plan_.spot_max_price;
  request.root_device_name = image->root_device_name;
  request.root_volume_gib = plan_.volume_gib;
  request.hibernation = plan_.hibernates;
  request.dry_run = plan_.dry_run;
  request.tags = instance_tags(plan_, id_.text(), traced_context(outside_.tracer));
  request.tags_in_metadata = fit_into_metadata(request.tags);

  Launched launched{*region, image->id, {}};
  if (!plan_.dry_run) {
    auto script = user_data(image->architecture);
    if (!script) return core::fail(std::move(script.error()));
    request.user_data = std::move(*script);
    if (auto go_on = check_interrupted(); !go_on) return core::fail(std::move(go_on.error()));
    publish(*region);
    if (auto go_on = check_interrupted(); !go_on) {
      say_it_failed();
      return core::fail(std::move(go_on.error()));
    }
  }
  auto instances = run(request);
  if (!instances) return core::fail(std::move(instances.error()));
  launched.instances = std::move(*instances);
  return launched;
}

core::Result<std::vector<ec2::Instance>> Ec2Launch::run(const ec2::RunInstances& request) {
  core::Clock& clock = outside_.tracer.clock();
  const auto endpoint = session_.endpoint(ec2::kService);
  if (!endpoint) return core::fail(endpoint.error());
  outside_.progress(fmt::format("launching {} × {}", plan_.count, plan_.instance_type));
  auto instances = ec2::run_instances(session_.caller(), *endpoint, request,
                                      core::Deadline::after(clock, std::chrono::minutes(2)));
  if (instances) {
    std::ranges::sort(*instances, {}, &ec2::Instance::launch_index);
    return instances;
  }
  if (request.dry_run && is_dry_run_success(instances.error())) {
    return std::vector<ec2::Instance>();
  }
  if (!request.dry_run && !outcome_is_unknown(instances.error())) say_it_failed();
  return core::fail(explain(std::move(instances.error())));
}

// For who asks for its status; what went wrong with that helps nobody now.
void Ec2Launch::say_it_failed() {
  core::Clock& clock = outside_.tracer.clock();
  const std::int64_t now_s = clock.now().wall_ns / 1'000'000'000;
  (void)registry_.finish(
      id_, handoff::kLaunchRow,
      {handoff::status::kFailed, {}, {now_s, now_s + handoff::kRowLives.count()}},
      core::Deadline::after(clock, std::chrono::seconds(5)));
}

core::Error Ec2Launch::explain(core::Error error) const {
  const bool unknown = outcome_is_unknown(error);
  error = in_plain_words(std::move(error));
  if (unknown && !plan_.dry_run) {
    error.message += fmt::format(
        "; it is not known whether instances were launched: look with "
        "'spawn list --tag spawn:launch-id={}'",
        id_.text());
  }
  return error;
}

core::Status Ec2Launch::wait(Launched& launched) {
  core::Clock& clock = outside_.tracer.clock();
  const auto endpoint = session_.endpoint(ec2::kService);
  if (!endpoint) return core::fail(endpoint.error());
  const core::Deadline deadline = core::Deadline::after(clock, plan_.wait_timeout);
  const aws::Waiter waiter{"EC2.InstanceRunning", kPollEvery, INT_MAX};
  return aws::wait_until(outside_.tracer, waiter, deadline, [&]() -> core::Result<aws::Poll> {
    if (outside_.interrupted()) {
      return core::fail(Code::unavailable, "interrupted while waiting; the instances go on");
    }
    const auto page = ec2::describe_instances(session_.caller(), *endpoint,
                                              {ids_of(launched.instances), {}, 0, {}}, deadline);
    // EC2 may take a while to know of its own instances.
    if (!page && page.error().code == Code::not_found) return aws::Poll{false, "not known yet"};
    if (!page) return core::fail(page.error());
    launched.instances = page->instances;
    std::ranges::sort(launched.instances, {}, &ec2::Instance::launch_index);
    std::size_t running = 0;
    for (const ec2::Instance& instance : launched.instances) {
      running += instance.state == "running" ? 1 : 0;
      if (instance.state != "running" && instance.state != "pending") {
        return core::fail(Code::unavailable, fmt::format("{} is {}: {}", instance.id,
                                                         instance.state, instance.state_reason));
      }
    }
    outside_.progress(fmt::format("{} of {} running", running, launched.instances.size()));
    return aws::Poll{running == launched.instances.size(),
                     fmt::format("{} of {} running", running, launched.instances.size())};
  });
}

}  // namespace spawn::launch
