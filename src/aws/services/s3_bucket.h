// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
//
// Making a bucket. Private, as every new bucket is: S3 blocks public access and has no ACLs unless
// told otherwise. https://docs.aws.amazon.com/AmazonS3/latest/API/API_CreateBucket.html
#pragma once

#include <string>

#include "aws/services/s3.h"

namespace spawn::aws::s3 {

// In the endpoint's region. One that is ours already is as good as a new one; one of that name that
// is somebody else's is Code::permission_denied.
core::Status create_bucket(Caller& caller, const Endpoint& endpoint, const std::string& bucket,
                           core::Deadline deadline);

}  // namespace spawn::aws::s3
