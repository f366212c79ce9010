// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
//
// The innermost layer: sends a call as it is, once. A status of 2xx is a Reply with its request
// ids; all else is a Failure (errors.h). Never waits beyond the call's deadline. Its User-Agent
// names the trace when the call is in a sampled one (user_agent.h).
#pragma once

#include <string>
#include <utility>

#include "aws/caller.h"
#include "core/clock.h"
#include "http/client.h"

namespace spawn::aws {

class HttpCaller final : public Caller {
 public:
  HttpCaller(http::Client& client, core::Clock& clock, std::string user_agent = "spawn")
      : client_(client), clock_(clock), user_agent_(std::move(user_agent)) {}

  Outcome call(const Call& call) override;

 private:
  http::Client& client_;
  core::Clock& clock_;
  std::string user_agent_;
};

}  // namespace spawn::aws
