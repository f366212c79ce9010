// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
//
// AWS's own words: how it spells its services, and what its error codes mean.
#pragma once

#include <string_view>

namespace spawn::xray {

// "ec2", "Amazon S3", "AWS::DynamoDB" → "EC2", "S3", "DynamoDB": the spelling that draws the
// service's node. A service that is not known stays as it is.
std::string_view aws_spelling(std::string_view service);

// As botocore has them (its retry handler's _THROTTLED_ERROR_CODES) and what the services add.
bool is_throttle(std::string_view error_code);

// An error code of AWS's that is the caller's doing (AccessDenied, NoSuchKey). Not: the service's
// own failures, and what never came to it (timeout, dns).
bool blames_caller(std::string_view error_code);

}  // namespace spawn::xray
