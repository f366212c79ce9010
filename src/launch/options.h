// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
//
// What `spawn launch` was asked for: Options as they were typed, and the Plan that check() makes of
// them. A Plan holds nothing that can be known to be wrong without asking AWS; so all mistakes are
// told, one line each, before anything is called or started. Pure.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "core/clock.h"
#include "core/result.h"
#include "launch/tags.h"

namespace spawn::launch {

struct Options {
  std::string provider = "ec2";
  std::string instance_type;
  std::string region;
  std::string profile;
  std::string az;
  std::string ami;
  std::string name;
  std::string count = "1";
  std::string job_array_name;
  std::string command;
  std::string user_data;       // the text itself, or @FILE
  std::string user_data_file;  // a path
  bool spot = false;
  std::string spot_max_price;
  std::string ttl;
  std::string idle_timeout;
  std::string idle_cpu;
  std::string on_complete;
  std::string completion_file;
  std::string completion_delay;
  std::string key_name;
  std::string subnet;
  std::vector<std::string> security_groups;  // with commas, or several times
  std::string iam_role;
  std::string volume_size;
  std::vector<std::string> tag;
  std::vector<std::string> tags;
  bool trace = false;
  std::string trace_exporter;
  std::string trace_sampling;
  std::string trace_endpoint;
  std::string agent_url;
  bool no_agent = false;
  bool wait = false;
  std::string wait_timeout;
  bool dry_run = false;
  std::string output_id;
};

enum class Provider { ec2, local };

struct Plan {
  Provider provider = Provider::ec2;
  std::string instance_type;
  std::string region;   // "" for the configured one
  std::string profile;  // "" for the default
  std::string az;
  std::string ami;   // "ami-…", the name of an SSM parameter, or "" for Debian's own
  std::string name;  // the tag Name
  int count = 1;
  bool is_array = false;
  std::string job_array_name;
  std::string command;
  std::string user_data;  // the text
  bool spot = false;
  std::string spot_max_price;
  std::string key_name;
  std::string subnet;
  std::vector<std::string> security_groups;
  std::string iam_role;
  int volume_gib = 0;
  bool hibernates = false;  // at its end
  Tags tags;                // the person's, and settings; without those that name the launch
  bool with_agent = true;
  std::string agent_url;  // "" for the package that spawn carries
  bool wait = false;
  core::Nanos wait_timeout{0};
  bool dry_run = false;
  std::string output_id;

  // What the trace and its registry row are called after.
  [[nodiscard]] const std::string& label() const {
    return job_array_name.empty() ? name : job_array_name;
  }
};

// Above this many members an array is not one trace, but a trace a member, linked to the launch's:
// X-Ray keeps some hundred kilobytes of a trace.
inline constexpr int kOneTraceMembers = 50;
inline constexpr int kMaxMembers = 1000;

// Reads the file of user-data, and nothing else. Code::invalid_argument "--count: …".
core::Result<Plan> check(const Options& options);

}  // namespace spawn::launch
