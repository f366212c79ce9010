// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
//
// The CONSUMER span "process QUEUE" of one message, and current as long as this lives. Below a
// current context it is a child there and links to the message's; else it goes on with the
// message's trace, whose decision holds.
// https://opentelemetry.io/docs/specs/semconv/messaging/messaging-spans/
#pragma once

#include <string>

#include "aws/services/sqs.h"
#include "telemetry/current.h"
#include "telemetry/tracer.h"

namespace spawn::aws::sqs {

class Processing {
 public:
  // The message must outlive it.
  Processing(telemetry::Tracer& tracer, const std::string& queue_url, const Message& message);

  // To say what came of it.
  [[nodiscard]] telemetry::Span& span() { return span_; }

 private:
  telemetry::Span span_;
  telemetry::Scope scope_;
};

}  // namespace spawn::aws::sqs
