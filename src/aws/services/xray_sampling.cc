// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
#include "aws/services/xray_sampling.h"

#include <algorithm>
#include <iterator>
#include <utility>

#include "aws/services/xray_call.h"

namespace spawn::aws::xray {
namespace {

SamplingRule rule_of(const core::Json& from) {
  SamplingRule rule;
  rule.name = text_at(from, "RuleName");
  rule.priority = json::integer_at(from, "Priority").value_or(rule.priority);
  rule.fixed_rate = json::real_at(from, "FixedRate");
  rule.reservoir_size = json::integer_at(from, "ReservoirSize").value_or(0);
  rule.service_name = text_at(from, "ServiceName");
  rule.service_type = text_at(from, "ServiceType");
  rule.host = text_at(from, "Host");
  rule.http_method = text_at(from, "HTTPMethod");
  rule.url_path = text_at(from, "URLPath");
  rule.resource_arn = text_at(from, "ResourceARN");
  const core::Json& attributes = json::member(from, "Attributes");
  if (attributes.object() != nullptr) {
    for (const auto& [name, value] : *attributes.object()) {
      if (value.string() != nullptr) rule.attributes[name] = *value.string();
    }
  }
  rule.version = json::integer_at(from, "Version").value_or(1);
  return rule;
}

json::Object document_of(const SamplingStatistics& statistics) {
  json::Object document;
  document.text("RuleName", statistics.rule_name)
      .text("ClientID", statistics.client_id)
      .real("Timestamp", to_seconds(statistics.time_ns))
      .integer("RequestCount", statistics.requests)
      .integer("SampledCount", statistics.sampled)
      .integer("BorrowCount", statistics.borrowed);
  return document;
}

}  // namespace

core::Result<SamplingRulePage> get_sampling_rules(Caller& caller, const Endpoint& endpoint,
                                                  std::string_view next_token,
                                                  core::Deadline deadline) {
  json::Object input;
  input.text_if("NextToken", next_token);
  const auto reply = call_for_object(caller, endpoint, "GetSamplingRules", "/GetSamplingRules",
                                     std::move(input), deadline);
  if (!reply) return core::fail(reply.error());
  SamplingRulePage page;
  json::for_each_in(*reply, "SamplingRuleRecords", [&](const core::Json& record) {
    page.rules.push_back(rule_of(json::member(record, "SamplingRule")));
  });
  page.next_token = reply->text_at("NextToken");
  return page;
}

core::Result<std::vector<SamplingRule>> get_all_sampling_rules(Caller& caller,
                                                               const Endpoint& endpoint,
                                                               core::Deadline deadline) {
  constexpr std::size_t kMaxRules = 1000;
  std::vector<SamplingRule> rules;
  std::string token;
  for (;;) {
    auto page = get_sampling_rules(caller, endpoint, token, deadline);
    if (!page) return core::fail(std::move(page.error()));
    std::ranges::move(page->rules, std::back_inserter(rules));
    if (page->next_token.empty() || page->next_token == token || rules.size() > kMaxRules) {
      return rules;
    }
    token = std::move(page->next_token);
  }
}

core::Result<SamplingTargets> get_sampling_targets(Caller& caller, const Endpoint& endpoint,
                                                   std::span<const SamplingStatistics> statistics,
                                                   core::Deadline deadline) {
  core::Json::Array documents;
  for (const SamplingStatistics& one : statistics) documents.push_back(document_of(one).take());
  json::Object input;
  input.add("SamplingStatisticsDocuments", core::Json(std::move(documents)));
  const auto reply = call_for_object(caller, endpoint, "GetSamplingTargets", "/SamplingTargets",
                                     std::move(input), deadline);
  if (!reply) return core::fail(reply.error());
  SamplingTargets targets;
  json::for_each_in(*reply, "SamplingTargetDocuments", [&](const core::Json& from) {
    targets.targets.push_back({text_at(from, "RuleName"), json::real_at(from, "FixedRate"),
                               json::integer_at(from, "ReservoirQuota"),
                               time_at(from, "ReservoirQuotaTTL"),
                               json::integer_at(from, "Interval")});
  });
  json::for_each_in(*reply, "UnprocessedStatistics", [&](const core::Json& from) {
    targets.unprocessed.push_back(
        {text_at(from, "RuleName"), text_at(from, "ErrorCode"), text_at(from, "Message")});
  });
  targets.last_rule_modification_ns = time_at(*reply, "LastRuleModification");
  return targets;
}

}  // namespace spawn::aws::xray
