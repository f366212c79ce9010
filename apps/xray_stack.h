// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
//
// The X-Ray API with everything under it, for exporters and readers: the plain stack, default
// credentials, and the endpoint, which on an instance may need its region from the metadata
// service.
#pragma once

#include <memory>
#include <string>

#include "aws/caller.h"
#include "aws/credentials.h"
#include "aws/endpoints.h"
#include "aws/profile.h"
#include "core/clock.h"
#include "core/env.h"
#include "core/result.h"
#include "core/rng.h"
#include "http/curl_client.h"

namespace spawn::apps {

struct XRayTarget {
  std::string endpoint;  // "" for AWS's own
  std::string region;    // "" for the configured one
  std::string profile;   // "" for the default
};

class XRayStack {
 public:
  // Reads files, asks nobody. The error says what is missing.
  static core::Result<std::unique_ptr<XRayStack>> make(const XRayTarget& target,
                                                       const core::Env& env, core::Clock& clock,
                                                       core::Rng& rng);

  // Asks the instance metadata service when nothing else names the region.
  core::Result<aws::Endpoint> endpoint();
  [[nodiscard]] aws::Caller& caller() { return *caller_; }

 private:
  XRayStack(const XRayTarget& target, aws::Profile profile, std::string region,
            const core::Env& env, core::Clock& clock)
      : target_(target),
        profile_(std::move(profile)),
        region_(std::move(region)),
        env_(env),
        clock_(clock),
        client_(env) {}

  XRayTarget target_;
  aws::Profile profile_;
  std::string region_;  // "": to be asked for
  const core::Env& env_;
  core::Clock& clock_;
  http::CurlClient client_;
  std::unique_ptr<aws::CredentialsProvider> credentials_;
  std::unique_ptr<aws::Caller> caller_;
};

}  // namespace spawn::apps
