// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
#include "launch/instance_tags.h"

#include "aws/services/ec2_context.h"
#include "handoff/tags.h"

namespace spawn::launch {

namespace tag = handoff::tag;

Tags instance_tags(const Plan& plan, const std::string& launch_id,
                   const telemetry::ActiveContext* context) {
  Tags tags = plan.tags;
  const auto put = [&](std::string_view key, const std::string& value) {
    if (!value.empty()) tags.insert_or_assign(std::string(key), value);
  };
  put(tag::kManaged, "true");
  put(tag::kLaunchId, launch_id);
  put(tag::kCommand, plan.command);
  if (plan.is_array) {
    put(tag::kJobArrayId, launch_id);
    put(tag::kJobArrayName, plan.job_array_name);
    put(tag::kJobArraySize, std::to_string(plan.count));
    if (plan.name.empty()) put("Name", plan.job_array_name);
  }
  if (context != nullptr) {
    for (const auto& [key, value] : aws::ec2::context_tags(context->span, context->extras)) {
      put(key, value);
    }
  }
  return tags;
}

core::Status check_instance_tags(const Plan& plan) {
  Tags tags = instance_tags(plan, "to be chosen", nullptr);
  tags.emplace(tag::kTraceparent, "to be chosen");
  tags.emplace(tag::kTracestate, "to be chosen");
  return check_tags(tags);
}

}  // namespace spawn::launch
