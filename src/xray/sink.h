// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
//
// The X-Ray exporter: records → documents → PutTraceSegments, on the plain stack. At most 50
// documents a call and 64 KB a document; the reply is read as data, so a refused document counts as
// lost, with X-Ray's reason and the span's name. Throttles and 5xx are retried by the stack, within
// the deadline.
#pragma once

#include <string>

#include "aws/caller.h"
#include "aws/endpoints.h"
#include "trace/sink.h"
#include "xray/document.h"

namespace spawn::xray {

class XRaySink final : public trace::SpanSink {
 public:
  XRaySink(aws::Caller& caller, aws::Endpoint endpoint);

  trace::WriteReport write(std::span<const trace::SpanRecord> batch,
                           core::Deadline deadline) override;

 private:
  aws::Caller& caller_;
  aws::Endpoint endpoint_;
  core::CharBuffer body_;
};

}  // namespace spawn::xray
