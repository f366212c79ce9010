// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
#include "aws/services/s3_bucket.h"

#include "aws/protocol/xml.h"
#include "aws/services/s3_call.h"

namespace spawn::aws::s3 {

core::Status create_bucket(Caller& caller, const Endpoint& endpoint, const std::string& bucket,
                           core::Deadline deadline) {
  auto call = make_call({"CreateBucket", "PUT"}, endpoint, {bucket, ""}, deadline);
  if (!call) return core::fail(std::move(call.error()));
  // The one region that must not be named.
  if (endpoint.region != "us-east-1") {
    call->body =
        "<CreateBucketConfiguration xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\">"
        "<LocationConstraint>" +
        endpoint.region + "</LocationConstraint></CreateBucketConfiguration>";
  }
  const auto outcome = caller.call(*call);
  if (outcome || outcome.error().aws_code == "BucketAlreadyOwnedByYou") return core::ok();
  core::Error error = outcome.error().error;
  if (outcome.error().aws_code == "BucketAlreadyExists") error.code = core::Code::permission_denied;
  return core::fail(std::move(error));
}

}  // namespace spawn::aws::s3
