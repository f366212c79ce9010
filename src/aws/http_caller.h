// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
//
// The innermost layer: sends a call as it is, once. A status of 2xx is a Reply with its request
// ids; all else is a Failure (errors.h). Never waits beyond the call's deadline.
#pragma once

#include "aws/caller.h"
#include "core/clock.h"
#include "http/client.h"

namespace spawn::aws {

class HttpCaller final : public Caller {
 public:
  HttpCaller(http::Client& client, core::Clock& clock) : client_(client), clock_(clock) {}

  Outcome call(const Call& call) override;

 private:
  http::Client& client_;
  core::Clock& clock_;
};

}  // namespace spawn::aws
