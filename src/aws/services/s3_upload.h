// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
//
// Files to and from S3. What is larger than 16 MiB goes up in parts, below one INTERNAL span
// "upload S3.MultipartUpload"; an upload that fails is aborted, so that no parts stay behind to be
// paid for. One part at a time, in flat memory.
// https://docs.aws.amazon.com/AmazonS3/latest/userguide/mpuoverview.html
#pragma once

#include <string>

#include "aws/services/s3.h"
#include "telemetry/tracer.h"

namespace spawn::aws::s3 {

// Returns the ETag.
core::Result<std::string> upload_file(Caller& caller, telemetry::Tracer& tracer,
                                      const Endpoint& endpoint, const NewObject& object,
                                      const std::string& path, core::Deadline deadline);

// The file is there whole, or as it was before.
core::Result<ObjectInfo> download_file(Caller& caller, const Endpoint& endpoint,
                                       const ObjectName& name, const std::string& path,
                                       core::Deadline deadline);

}  // namespace spawn::aws::s3
