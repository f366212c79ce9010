// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
//
// What a program needs to call AWS: profile, region, credentials and a stack of callers, found as
// the AWS CLI finds them, and the endpoints of services. With a tracer its calls are traced;
// without one it is for exporters and readers of traces. For one thread at a time; what it was made
// from must outlive it.
#pragma once

#include <memory>
#include <string>

#include "aws/caller.h"
#include "aws/credentials.h"
#include "aws/endpoints.h"
#include "aws/imds.h"
#include "aws/profile.h"
#include "core/clock.h"
#include "core/env.h"
#include "core/result.h"
#include "core/rng.h"
#include "http/client.h"
#include "telemetry/tracer.h"

namespace spawn::aws {

struct SessionRequest {
  std::string region;   // "" for the configured one
  std::string profile;  // "" for the default
  // This is an EC2 instance: when nothing names the region, its metadata service is asked.
  bool on_instance = false;
  std::string version;  // ours, for the User-Agent
};

class Session {
 public:
  struct Outside {
    const core::Env& env;
    http::Client& client;
    core::Clock& clock;
    core::Rng& rng;
  };
  // Reads files, asks nobody. The error says what is missing.
  static core::Result<std::unique_ptr<Session>> make(const SessionRequest& request,
                                                     const Outside& outside,
                                                     telemetry::Tracer* tracer);

  [[nodiscard]] Caller& caller() { return *caller_; }
  [[nodiscard]] CredentialsProvider& credentials() { return *credentials_; }
  // May ask the metadata service, once.
  core::Result<std::string> region();
  // `explicit_url` is "" for the configured one.
  core::Result<Endpoint> endpoint(const ServiceInfo& service, std::string_view explicit_url = {});

 private:
  Session(Profile profile, std::string region, const Outside& outside)
      : profile_(std::move(profile)), region_(std::move(region)), outside_(outside) {}

  Profile profile_;
  std::string region_;  // "": to be asked for
  Outside outside_;
  std::unique_ptr<CredentialsProvider> credentials_;
  std::unique_ptr<Caller> caller_;
};

}  // namespace spawn::aws
