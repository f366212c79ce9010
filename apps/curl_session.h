// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
//
// A session with AWS over a connection of its own, for the real programs. Knows whether this
// machine is an EC2 instance.
#pragma once

#include <memory>
#include <string>

#include "aws/session.h"
#include "http/curl_client.h"

namespace spawn::apps {

// As the firmware tells; or somebody says where the metadata service is, so there is one.
bool is_instance(const core::Env& env);

class CurlSession {
 public:
  // `tracer` null: for exporters and readers of traces. Reads files, asks nobody.
  static core::Result<std::unique_ptr<CurlSession>> make(const std::string& region,
                                                         const std::string& profile,
                                                         const core::Env& env, core::Clock& clock,
                                                         core::Rng& rng, telemetry::Tracer* tracer);

  [[nodiscard]] aws::Session& get() { return *session_; }

 private:
  explicit CurlSession(const core::Env& env) : client_(env) {}

  http::CurlClient client_;
  std::unique_ptr<aws::Session> session_;
};

}  // namespace spawn::apps
