// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
#include "aws/services/sts.h"

#include "aws/xml_text.h"

namespace spawn::aws::sts {

const ServiceInfo kService{"STS", "sts", "sts", "STS", Protocol::query, true};

core::Result<CallerIdentity> get_caller_identity(Caller& caller, const Endpoint& endpoint,
                                                 core::Deadline deadline) {
  Call call;
  call.service = &kService;
  call.operation = "GetCallerIdentity";
  call.region = endpoint.region;
  call.url = endpoint.url;
  call.headers = {{"Content-Type", "application/x-www-form-urlencoded; charset=utf-8"}};
  call.body = "Action=GetCallerIdentity&Version=2011-06-15";
  call.deadline = deadline;
  auto outcome = caller.call(call);
  if (!outcome) return core::fail(std::move(outcome.error().error));
  CallerIdentity identity{xml_text(outcome->body, "Account").value_or(""),
                          xml_text(outcome->body, "Arn").value_or(""),
                          xml_text(outcome->body, "UserId").value_or("")};
  if (identity.account.empty() || identity.arn.empty()) {
    return core::fail(core::Code::protocol,
                      "STS GetCallerIdentity: the reply names no account and ARN");
  }
  return identity;
}

}  // namespace spawn::aws::sts
