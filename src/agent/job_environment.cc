// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
#include "agent/job_environment.h"

#include <string>

namespace spawn::agent {

void put_job_array(const config::Settings& settings, ChildEnvironment& environment) {
  const auto put = [&](std::string_view name, const std::string& value) {
    if (value.empty()) {
      environment.unset(name);
    } else {
      environment.set(name, value);
    }
  };
  const auto& size = settings.job_array_size.value;
  const auto& index = settings.job_array_index.value;
  put("JOB_ARRAY_ID", settings.job_array_id.value);
  put("JOB_ARRAY_NAME", settings.job_array_name.value);
  put("JOB_ARRAY_SIZE", size ? std::to_string(*size) : "");
  put("JOB_ARRAY_INDEX", index ? std::to_string(*index) : "");
  put("TASK_ARRAY_INDEX", index ? std::to_string(*index) : "");
}

}  // namespace spawn::agent
