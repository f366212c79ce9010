// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
#include "aws/services/sts.h"

#include "aws/protocol/query.h"
#include "aws/protocol/xml.h"

namespace spawn::aws::sts {

const ServiceInfo kService{"STS", "sts", "sts", "STS", Protocol::query, true};

core::Result<CallerIdentity> get_caller_identity(Caller& caller, const Endpoint& endpoint,
                                                 core::Deadline deadline) {
  const Call call = query::make_call(kService, endpoint,
                                     query::Form("GetCallerIdentity", "2011-06-15"), deadline);
  const auto reply = xml::call_for_document(caller, call, "GetCallerIdentityResponse");
  if (!reply) return core::fail(reply.error());
  const xml::Element result = reply->root().find("GetCallerIdentityResult");
  CallerIdentity identity{result.text_at("Account"), result.text_at("Arn"),
                          result.text_at("UserId")};
  if (identity.account.empty() || identity.arn.empty()) {
    return core::fail(core::Code::protocol,
                      "STS GetCallerIdentity: the reply names no account and ARN");
  }
  return identity;
}

}  // namespace spawn::aws::sts
