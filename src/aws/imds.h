// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
//
// The EC2 instance metadata service, version 2 (session token) only: version 1 would let any
// program that can be tricked into a GET read the instance's credentials. One attempt of 1 s for
// each request, so that a machine that is no instance is not held up. Obeys
// AWS_EC2_METADATA_DISABLED and AWS_EC2_METADATA_SERVICE_ENDPOINT[_MODE].
// https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/configuring-instance-metadata-service.html
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "core/clock.h"
#include "core/env.h"
#include "core/result.h"
#include "core/secret.h"
#include "http/client.h"

namespace spawn::aws {

class Imds {
 public:
  Imds(const core::Env& env, http::Client& client, core::Clock& clock)
      : env_(env), client_(client), clock_(clock) {}

  // The text at e.g. "/latest/meta-data/instance-id". Code::not_found: there is no such item, or
  // the service is switched off; Code::unavailable or timeout: nobody answers, so this is no
  // instance.
  core::Result<std::string> get(std::string_view path);

 private:
  core::Result<std::string> base_url() const;
  core::Result<core::Secret> token(const std::string& base);

  const core::Env& env_;
  http::Client& client_;
  core::Clock& clock_;
  core::Secret token_;
  std::int64_t token_ends_steady_ns_ = 0;
};

}  // namespace spawn::aws
