// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
//
// One launch on EC2, from the plan to instances that carry its trace context: image, agent's
// package, the launch row (before RunInstances, so that no boot is faster), then one RunInstances
// for all members, with a client token, so that a second try launches nothing twice. When it cannot
// be known whether it launched, the error names the tag to look for; nothing is ever left unnamed.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "aws/services/ec2.h"
#include "aws/session.h"
#include "core/rng.h"
#include "handoff/launch_id.h"
#include "handoff/registry.h"
#include "launch/options.h"
#include "telemetry/tracer.h"

namespace spawn::launch {

// What a launch needs from outside, EC2 or local.
struct Outside {
  telemetry::Tracer& tracer;
  core::Rng& rng;
  // One line for the person.
  std::function<void(const std::string&)> note;
  // What is being done, for who looks on; replaces what it said before.
  std::function<void(const std::string&)> progress;
  // The person wants to stop.
  std::function<bool()> interrupted;
};

struct Launched {
  std::string region;
  std::string image_id;
  std::vector<aws::ec2::Instance> instances;  // by index; none of a dry run
};

class Ec2Launch {
 public:
  // `package_folder` holds the agent's packages. All references must outlive it.
  Ec2Launch(const Plan& plan, handoff::LaunchId id, aws::Session& session,
            handoff::Registry& registry, std::string package_folder, const Outside& outside)
      : plan_(plan),
        id_(std::move(id)),
        session_(session),
        registry_(registry),
        package_folder_(std::move(package_folder)),
        outside_(outside) {}

  // In the span that is current. Code::not_found also when there is no capacity, in plain words.
  core::Result<Launched> operator()();

  // Until all of them run, at most as long as the plan says; fills in what is known only then.
  core::Status wait(Launched& launched);

 private:
  void publish(const std::string& region);
  core::Result<std::string> user_data(const std::string& architecture);
  core::Result<std::vector<aws::ec2::Instance>> run(const aws::ec2::RunInstances& request);
  void say_it_failed();
  core::Error explain(core::Error error) const;
  core::Status check_interrupted() const;

  const Plan& plan_;
  handoff::LaunchId id_;
  aws::Session& session_;
  handoff::Registry& registry_;
  std::string package_folder_;
  Outside outside_;
};

}  // namespace spawn::launch
