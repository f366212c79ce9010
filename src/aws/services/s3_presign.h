// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
//
// A link to one object that carries its own permission: whoever has it may fetch the object until
// it expires, or until the credentials it was made with do. It holds no secret key, but with
// temporary credentials their session token; show it to those alone who shall fetch.
// https://docs.aws.amazon.com/AmazonS3/latest/userguide/ShareObjectPreSignedURL.html
#pragma once

#include <chrono>
#include <string>

#include "aws/credentials.h"
#include "aws/services/s3.h"

namespace spawn::aws::s3 {

core::Result<std::string> presigned_get(const Credentials& credentials, const Endpoint& endpoint,
                                        const ObjectName& name, std::chrono::seconds lives,
                                        core::Clock& clock);

// Where the object is, without any permission.
core::Result<std::string> object_url(const Endpoint& endpoint, const ObjectName& name);

}  // namespace spawn::aws::s3
