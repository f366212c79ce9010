// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
//
// Whether a request carries the signature that its headers and body call for: what AWS does first.
// https://docs.aws.amazon.com/IAM/latest/UserGuide/create-signed-request.html
#pragma once

#include "aws/credentials.h"
#include "http/client.h"

namespace spawn::testing {

bool is_signed_by(const aws::Credentials& credentials, const http::Request& request);

}  // namespace spawn::testing
