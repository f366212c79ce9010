// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
//
// What the operations of S3 have in common: an address, a method, a query, and bucket and key on
// the span. For the files of this service.
#pragma once

#include <string>
#include <string_view>

#include "aws/services/s3.h"

namespace spawn::aws::s3 {

struct Operation {
  std::string_view name;    // "GetObject"
  std::string_view method;  // "GET"
  std::string query = {};   // encoded
};

// Code::invalid_argument when bucket or key cannot be one. `name.key` is empty for an operation on
// the bucket.
core::Result<Call> make_call(const Operation& operation, const Endpoint& endpoint,
                             const ObjectName& name, core::Deadline deadline);
core::Result<Call> make_object_call(const Operation& operation, const Endpoint& endpoint,
                                    const ObjectName& name, core::Deadline deadline);

// Content type, metadata and trace context as headers.
core::Status add_headers_of(const NewObject& object, Call& call);

}  // namespace spawn::aws::s3
