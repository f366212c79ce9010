// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
//
// EC2: instances and their tags. What there is to choose from is in ec2_catalog.h, waiting in
// ec2_waiters.h. https://docs.aws.amazon.com/AWSEC2/latest/APIReference/
#pragma once

#include <cstdint>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "aws/caller.h"
#include "aws/endpoints.h"
#include "aws/protocol/query.h"
#include "core/clock.h"
#include "core/result.h"

namespace spawn::aws::ec2 {

extern const ServiceInfo kService;

using Tags = std::map<std::string, std::string>;

struct Filter {
  std::string name;  // "instance-state-name", "tag:spawn:job-array-id"
  std::vector<std::string> values;
};

struct Instance {
  std::string id;
  std::string state;         // "pending", "running", …
  std::string state_reason;  // AWS's words, when it says why
  std::string type;
  std::string image_id;
  std::string availability_zone;
  std::string private_ip;
  std::string public_ip;
  std::string key_name;
  std::string launch_time;  // ISO 8601
  int launch_index = 0;     // among those that one call launched, from 0
  bool spot = false;
  Tags tags;
};

struct RunInstances {
  std::string image_id;
  std::string instance_type;
  int count = 1;  // all of them or none
  // At most 64 characters. With the same one a second call launches nothing; without one a call is
  // never sent again when it is unknown whether it arrived.
  std::string client_token;
  std::string key_name;
  std::string subnet_id;
  std::vector<std::string> security_group_ids;
  std::string availability_zone;
  std::string iam_instance_profile;  // name or ARN
  std::string user_data;             // as the instance shall read it
  bool spot = false;
  std::string spot_max_price;     // "": the on-demand price
  std::string root_device_name;   // of the image; needed for a volume size
  int root_volume_gib = 0;        // 0: as the image says
  std::string shutdown_behavior;  // "stop", "terminate", "": as the account says
  bool hibernation = false;
  bool tags_in_metadata = false;  // the instance may read its tags without permissions
  bool dry_run = false;           // fails in any case: DryRunOperation when it would have worked
  Tags tags;                      // of instance and volumes
};
// The instance metadata service is asked for version 2 (tokens) only.
core::Result<std::vector<Instance>> run_instances(Caller& caller, const Endpoint& endpoint,
                                                  const RunInstances& request,
                                                  core::Deadline deadline);

struct DescribeInstances {
  std::vector<std::string> ids;  // all or none of these: one that is not there fails the call
  std::vector<Filter> filters;
  int max_results = 0;     // a page; not together with ids
  std::string next_token;  // of the page before
};
struct InstancePage {
  std::vector<Instance> instances;
  std::string next_token;  // "" on the last page
};
core::Result<InstancePage> describe_instances(Caller& caller, const Endpoint& endpoint,
                                              const DescribeInstances& request,
                                              core::Deadline deadline);

struct StateChange {
  std::string id;
  std::string before;
  std::string now;
};
using StateChanges = core::Result<std::vector<StateChange>>;
StateChanges terminate_instances(Caller& caller, const Endpoint& endpoint,
                                 std::span<const std::string> ids, core::Deadline deadline);
enum class Stop { stop, hibernate };
StateChanges stop_instances(Caller& caller, const Endpoint& endpoint,
                            std::span<const std::string> ids, Stop how, core::Deadline deadline);
StateChanges start_instances(Caller& caller, const Endpoint& endpoint,
                             std::span<const std::string> ids, core::Deadline deadline);

// Tags of the same keys are replaced, others stay. At most 50 a resource, values of 256 characters.
core::Status create_tags(Caller& caller, const Endpoint& endpoint,
                         std::span<const std::string> resource_ids, const Tags& tags,
                         core::Deadline deadline);

struct DescribeTags {
  std::vector<Filter> filters;  // "resource-id" …
  std::string next_token;
};
struct TagPage {
  std::map<std::string, Tags> by_resource;
  std::string next_token;
};
core::Result<TagPage> describe_tags(Caller& caller, const Endpoint& endpoint,
                                    const DescribeTags& request, core::Deadline deadline);

// --- for the other files of this service ---------------------------------------------------------
query::Form form(std::string_view action);
void add_filters(query::Form& form, std::span<const Filter> filters);

}  // namespace spawn::aws::ec2
