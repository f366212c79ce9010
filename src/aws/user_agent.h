// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
//
// What we call ourselves in the User-Agent header, which is what CloudTrail and S3's access logs
// keep of a request: "spawn/0.1.0 lang/c++ app/night-run md/trace#<32 hex>". With the last part a
// line of theirs can be matched to its trace. Parts and characters as the AWS SDKs have them.
// https://docs.aws.amazon.com/sdkref/latest/guide/feature-appid.html
#pragma once

#include <string>
#include <string_view>

#include "aws/profile.h"
#include "core/env.h"
#include "http/client.h"

namespace spawn::aws {

// The part that does not change. The application's id is AWS_SDK_UA_APP_ID or the profile's
// sdk_ua_app_id, of which 50 characters are kept.
std::string user_agent(std::string_view version, const core::Env& env, const Profile& profile);

// `base`, and the trace id when the X-Amzn-Trace-Id among `headers` says that it is sampled.
std::string with_trace(const std::string& base, const http::Headers& headers);

}  // namespace spawn::aws
