// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
//
// Credentials as JSON, as credential_process, ECS, EKS and IMDS write them: AccessKeyId,
// SecretAccessKey, SessionToken or Token, Expiration. Errors never show the text.
#pragma once

#include <string>
#include <string_view>

#include "aws/credentials.h"
#include "core/result.h"

namespace spawn::aws {

// Code::protocol when something is missing or cannot be read.
core::Result<Credentials> parse_credentials_json(std::string_view text, std::string source);

}  // namespace spawn::aws
