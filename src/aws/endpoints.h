// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
//
// Where a service lives. Precedence as in the AWS SDKs: an explicit endpoint,
// AWS_ENDPOINT_URL_<SERVICE>, AWS_ENDPOINT_URL, the profile's `services` section, the profile's
// endpoint_url, then the partition's rule https://{prefix}.{region}.{suffix}, with FIPS and
// dual-stack variants, and the exceptions that S3, IAM and GovCloud are.
// AWS_IGNORE_CONFIGURED_ENDPOINT_URLS=true skips all but the explicit one and the rule.
// https://docs.aws.amazon.com/sdkref/latest/guide/feature-ss-endpoints.html
#pragma once

#include <string>
#include <string_view>

#include "aws/caller.h"
#include "aws/profile.h"
#include "core/env.h"
#include "core/result.h"
#include "core/url.h"

namespace spawn::aws {

struct Endpoint {
  core::Url url;
  std::string region;  // signing region
};

// The region: explicit, AWS_REGION, AWS_DEFAULT_REGION, the profile. Code::invalid_argument with
// what to set when there is none. (On an instance, IMDS is asked by the caller, which has a
// client.)
core::Result<std::string> resolve_region(std::string_view explicit_region, const core::Env& env,
                                         const Profile& profile);

core::Result<Endpoint> resolve_endpoint(const ServiceInfo& service, std::string_view explicit_url,
                                        std::string_view region, const core::Env& env,
                                        const Profile& profile);

// A host in the domain of one of AWS's partitions, not a stand-in or somebody else's service.
bool is_aws_host(std::string_view host);

}  // namespace spawn::aws
