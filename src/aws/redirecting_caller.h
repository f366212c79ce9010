// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
//
// A bucket of S3 lives in one region, and S3 answers a request that was sent to another one with
// the name of the right one (301, 307 or 400, header x-amz-bucket-region). This layer then sends it
// there, once, signed anew, and remembers where that bucket is. All other calls pass.
// https://docs.aws.amazon.com/AmazonS3/latest/userguide/Redirects.html
#pragma once

#include <map>
#include <string>

#include "aws/caller.h"

namespace spawn::aws {

class RedirectingCaller final : public Caller {
 public:
  explicit RedirectingCaller(Caller& inner) : inner_(inner) {}

  Outcome call(const Call& call) override;

 private:
  Outcome call_in(const Call& call, const std::string& region);

  Caller& inner_;
  std::map<std::string, std::string> regions_;  // by bucket, of those that were elsewhere
};

}  // namespace spawn::aws
