// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
//
// Lambda: runs a function. On a traced stack the function gets the call span's context, by the
// header that Lambda passes on and, when we wait for it, in its client context as
// custom.traceparent and custom.tracestate; its payload is never touched.
// https://docs.aws.amazon.com/lambda/latest/api/API_Invoke.html
#pragma once

#include <string>

#include "aws/caller.h"
#include "aws/endpoints.h"
#include "core/clock.h"
#include "core/result.h"

namespace spawn::aws::lambda {

extern const ServiceInfo kService;

enum class Invocation { wait, event };  // RequestResponse, Event

struct Invoke {
  std::string function;  // name, or ARN, or part of one
  std::string payload;   // JSON
  Invocation how = Invocation::wait;
  std::string qualifier;  // version or alias; "" for the newest
};
struct Invoked {
  std::string payload;         // of an event: ""
  std::string function_error;  // the function ran and failed: "Unhandled", "Handled"; else ""
  std::string version;         // that ran
};
// A function that failed is an answer; its span is an error. Not sent again when it is unknown
// whether it arrived: the function would run twice.
core::Result<Invoked> invoke(Caller& caller, const Endpoint& endpoint, const Invoke& request,
                             core::Deadline deadline);

}  // namespace spawn::aws::lambda
