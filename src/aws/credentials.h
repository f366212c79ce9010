// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
//
// Credentials and where they come from. Each source is one small class in aws/credentials/; the
// chain asks them in botocore's order: environment, role to assume, web identity, single sign-on,
// shared credentials file, credential_process, config file, container (ECS, EKS), instance
// (IMDSv2). A profile given by name leaves out the environment.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "core/clock.h"
#include "core/env.h"
#include "core/result.h"
#include "core/rng.h"
#include "core/secret.h"
#include "http/client.h"

namespace spawn::aws {

struct Credentials {
  std::string access_key_id;
  core::Secret secret_access_key;
  core::Secret session_token;                 // empty: long-lived credentials
  std::optional<std::int64_t> expires_at_ns;  // wall clock; absent: never
  std::string source;                         // "environment", "profile dev", … for messages
};

class CredentialsProvider {
 public:
  CredentialsProvider() = default;
  CredentialsProvider(const CredentialsProvider&) = delete;
  CredentialsProvider& operator=(const CredentialsProvider&) = delete;
  virtual ~CredentialsProvider() = default;

  // Code::not_found when this source has none (the chain asks the next one); any other error stops
  // the chain, since the person meant this source.
  virtual core::Result<Credentials> get() = 0;
  // AWS refused the last ones as expired: get() must ask the source anew. Nothing for most sources.
  virtual void forget() {}
};

// The whole chain, cached, refreshed ahead of expiry (15 min advisory, 10 min mandatory). The error
// when nobody has any names the sources that were tried. Not thread-safe; the references must
// outlive it.
std::unique_ptr<CredentialsProvider> make_default_credentials(const core::Env& env,
                                                              http::Client& client,
                                                              core::Clock& clock, core::Rng& rng,
                                                              std::string profile = {});

}  // namespace spawn::aws
