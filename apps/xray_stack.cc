// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
#include "apps/xray_stack.h"

#include <utility>

#include "agent/version.h"
#include "aws/imds.h"
#include "aws/retrying_caller.h"
#include "aws/services/xray.h"
#include "aws/stack.h"
#include "aws/user_agent.h"
#include "core/file.h"
#include "core/text.h"

namespace spawn::apps {
namespace {

// As the firmware tells: Nitro instances by vendor, Xen ones by version.
// https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/identify_ec2_instances.html
bool is_instance() {
  const auto vendor = core::read_file("/sys/class/dmi/id/sys_vendor");
  const auto version = core::read_file("/sys/class/dmi/id/bios_version");
  return (vendor && core::trim(*vendor) == "Amazon EC2") ||
         (version && version->find("amazon") != std::string::npos);
}

}  // namespace

core::Result<std::unique_ptr<XRayStack>> XRayStack::make(const XRayTarget& target,
                                                         const core::Env& env, core::Clock& clock,
                                                         core::Rng& rng) {
  auto profile = aws::load_profile(env, target.profile);
  if (!profile) return core::fail(std::move(profile.error()));
  const auto retry = aws::retry_policy(env, *profile);
  if (!retry) return core::fail(retry.error());
  auto region = aws::resolve_region(target.region, env, *profile);
  if (!region && !is_instance()) return core::fail(std::move(region.error()));

  std::unique_ptr<XRayStack> stack(
      new XRayStack(target, std::move(*profile), region.value_or(""), env, clock));
  stack->credentials_ =
      aws::make_default_credentials(env, stack->client_, clock, rng, target.profile);
  stack->caller_ = aws::make_plain_stack({stack->client_, *stack->credentials_, clock, rng, *retry,
                                          aws::user_agent(agent::version(), env, stack->profile_)});
  return stack;
}

core::Result<aws::Endpoint> XRayStack::endpoint() {
  if (region_.empty()) {
    auto region = aws::Imds(env_, client_, clock_).get("/latest/meta-data/placement/region");
    if (!region) return core::fail(std::move(region.error()).while_("finding the region"));
    region_ = *region;
  }
  return aws::resolve_endpoint(aws::xray::kService, target_.endpoint, region_, env_, profile_);
}

}  // namespace spawn::apps
