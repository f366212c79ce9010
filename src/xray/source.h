// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
//
// Reads a trace back from the X-Ray API (BatchGetTraces): documents → records, nested subsegments
// included, a Resource a segment.
#pragma once

#include "aws/caller.h"
#include "aws/endpoints.h"
#include "trace/source.h"

namespace spawn::xray {

class XRaySource final : public trace::TraceSource {
 public:
  XRaySource(aws::Caller& caller, aws::Endpoint endpoint);

  core::Result<trace::Trace> get(const trace::TraceId& id) override;

 private:
  aws::Caller& caller_;
  aws::Endpoint endpoint_;
};

}  // namespace spawn::xray
