// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
#include "intake/daemon_proxy.h"

namespace spawn::intake {
namespace {

constexpr std::string_view kRules =
    R"({"SamplingRuleRecords":[{"SamplingRule":{"RuleName":"Default",)"
    R"("RuleARN":"arn:aws:xray:us-east-1:000000000000:sampling-rule/Default","Priority":10000,)"
    R"("FixedRate":1.0,"ReservoirSize":1,"ServiceName":"*","ServiceType":"*","Host":"*",)"
    R"("HTTPMethod":"*","URLPath":"*","ResourceARN":"*","Version":1,"Attributes":{}},)"
    R"("CreatedAt":0.0,"ModifiedAt":0.0}]})";
// No target: the rule's own rate stays.
constexpr std::string_view kTargets =
    R"({"SamplingTargetDocuments":[],"LastRuleModification":0.0,"UnprocessedStatistics":[]})";

}  // namespace

std::optional<http::Reply> answer_daemon(std::string_view path) {
  if (path != "/GetSamplingRules" && path != "/SamplingTargets") return std::nullopt;
  http::Reply reply;
  reply.status = 200;
  reply.headers = {{"Content-Type", "application/json"}};
  reply.body = path == "/GetSamplingRules" ? kRules : kTargets;
  return reply;
}

}  // namespace spawn::intake
