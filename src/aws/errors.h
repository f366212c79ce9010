// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
//
// What went wrong with a call: a bad reply, or none, becomes a Failure. Finds AWS's code and
// message where each protocol puts them, decides whether it was a throttle and whether to try again
// (standard retry mode,
// https://docs.aws.amazon.com/sdkref/latest/guide/feature-retry-behavior.html), and maps it to
// core::Code. A service may echo what it was sent: session token, signature and access key id are
// replaced by *** and only the first line of a message is kept.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "aws/caller.h"
#include "core/result.h"
#include "http/client.h"

namespace spawn::aws {

struct RequestIds {
  std::string id;
  std::string extended;  // S3's x-amz-id-2
};
RequestIds request_ids(const http::Headers& headers);

// The reply has a bad status. `call` is what was sent, signature included; `wall_ns` is our time.
Failure failure_of_reply(const Call& call, const http::Reply& reply, std::int64_t wall_ns);

// S3 begins some replies with 200 while it still works, and may then say that it failed.
bool is_error_in_good_reply(const Call& call, const http::Reply& reply);

// No reply, or the call could not be made: the transport's or the credentials' Error.
Failure failure_without_reply(const Call& call, core::Error error);

// The span attribute error.type: AWS's code, else "timeout", "connect"…, else the HTTP status.
std::string error_type(const Failure& failure);

// AWS says that the credentials are past their time.
bool is_expired_credentials(const Failure& failure);
// AWS says something that a wrong clock of ours explains.
bool may_be_clock_skew(const Failure& failure);

}  // namespace spawn::aws
