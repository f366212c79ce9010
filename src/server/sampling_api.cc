// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>

#include "core/text.h"
#include "server/fields.h"
#include "server/settings_api.h"

namespace spawn::server {
namespace {

using core::Json;

constexpr std::string_view kKind = "sampling_rule";
constexpr std::string_view kDefault = "Default";
constexpr std::string_view kArn = "arn:aws:xray:us-east-1:000000000000:sampling-rule/";
constexpr std::int64_t kDefaultPriority = 10'000;
constexpr std::size_t kMaxReports = 25;
constexpr std::int64_t kIntervalS = 10;
constexpr std::size_t kMaxClients = 1000;  // of a rule

struct TextLimit {
  std::string_view name;
  std::size_t max;
};
constexpr std::array<TextLimit, 6> kTexts = {{{"ServiceName", 64},
                                              {"ServiceType", 64},
                                              {"Host", 64},
                                              {"HTTPMethod", 10},
                                              {"URLPath", 128},
                                              {"ResourceARN", 500}}};

Json default_record() {
  Json::Object rule{{"RuleName", text(kDefault)},
                    {"RuleARN", text(std::string(kArn) + std::string(kDefault))},
                    {"Priority", Json(kDefaultPriority)},
                    {"FixedRate", Json(0.05)},
                    {"ReservoirSize", Json(std::int64_t{1})},
                    {"Version", Json(std::int64_t{1})},
                    {"Attributes", Json(Json::Object())}};
  for (const TextLimit& member : kTexts) rule.emplace_back(member.name, text("*"));
  return Json(Json::Object{{"SamplingRule", Json(std::move(rule))},
                           {"CreatedAt", Json(0.0)},
                           {"ModifiedAt", Json(0.0)}});
}

std::string name_of(const Json& named) {
  const std::string_view name = named.text_at("RuleName");
  const std::string_view arn = named.text_at("RuleARN");
  if (!name.empty() || !arn.starts_with(kArn)) return std::string(name);
  return std::string(arn.substr(kArn.size()));
}

bool is_integer_in(const Json& rule, std::string_view name, double least, double most) {
  const auto value = number_at(rule, name);
  return value && *value >= least && *value <= most && *value == std::floor(*value);
}

// "" when every member that is there is good.
std::string problem_of(const Json& rule, bool is_default) {
  const auto rate = number_at(rule, "FixedRate");
  if (!rate || *rate < 0 || *rate > 1) return "FixedRate: expected 0 to 1";
  if (!is_integer_in(rule, "ReservoirSize", 0, 1e9)) return "ReservoirSize: expected 0 or more";
  const double most = is_default ? kDefaultPriority : 9999;
  if (!is_integer_in(rule, "Priority", 1, most)) return "Priority: expected 1 to 9999";
  if (!is_integer_in(rule, "Version", 1, 1)) return "Version: expected 1";
  for (const TextLimit& member : kTexts) {
    const std::string_view value = rule.text_at(member.name);
    if (value.empty() || value.size() > member.max) {
      return fmt::format("{}: expected 1 to {} characters, or *", member.name, member.max);
    }
  }
  const Json* attributes = rule.find("Attributes");
  if (attributes != nullptr && !attributes->is_null() &&
      (attributes->object() == nullptr || attributes->object()->size() > 5)) {
    return "Attributes: expected at most 5";
  }
  return {};
}

}  // namespace

double SamplingApi::now() const { return std::floor(to_seconds(clock_.now().wall_ns)); }

core::Result<SamplingApi::Records> SamplingApi::records() {
  const auto items = store_.items(kKind);
  if (!items) return core::fail(items.error());
  Records records;
  records.emplace(kDefault, default_record());
  for (const auto& [name, json] : *items) {
    if (auto record = Json::parse(json)) records[name] = std::move(*record);
  }
  return records;
}

http::Reply SamplingApi::save(const std::string& name, Json record) {
  set_member(record, "ModifiedAt", Json(now()));
  if (auto put = store_.put_item(kKind, name, record.to_text()); !put) {
    return aws_error(put.error());
  }
  return json_reply({{"SamplingRuleRecord", std::move(record)}});
}

http::Reply SamplingApi::get_rules() {
  const auto all = records();
  if (!all) return aws_error(all.error());
  Json::Array list;
  for (const auto& [name, record] : *all) list.push_back(record);
  std::ranges::sort(list, {}, [](const Json& record) {
    return number_at(*record.find("SamplingRule"), "Priority").value_or(0);
  });
  return json_reply({{"SamplingRuleRecords", Json(std::move(list))}});
}

http::Reply SamplingApi::create_rule(const Json& request) {
  const Json* given = request.find("SamplingRule");
  if (given == nullptr || given->object() == nullptr) {
    return invalid_request("SamplingRule is required");
  }
  const std::string name(given->text_at("RuleName"));
  if (name.empty() || name.size() > 32) {
    return invalid_request("RuleName: expected 1 to 32 characters");
  }
  if (const std::string problem = problem_of(*given, false); !problem.empty()) {
    return invalid_request(problem);
  }
  const std::lock_guard lock(mutex_);
  const auto all = records();
  if (!all) return aws_error(all.error());
  if (all->contains(name)) {
    return invalid_request(fmt::format("there is a sampling rule '{}' already", name));
  }
  if (all->size() - 1 >= kMaxSamplingRules) {
    return aws_error(400, "RuleLimitExceededException",
                     fmt::format("there are {} sampling rules already", kMaxSamplingRules));
  }
  Json rule = *given;
  set_member(rule, "RuleARN", text(std::string(kArn) + name));
  if (rule.find("Attributes") == nullptr) {
    set_member(rule, "Attributes", Json(Json::Object()));
  }
  return save(name,
              Json(Json::Object{{"SamplingRule", std::move(rule)}, {"CreatedAt", Json(now())}}));
}

http::Reply SamplingApi::update_rule(const Json& request) {
  const Json* update = request.find("SamplingRuleUpdate");
  if (update == nullptr || update->object() == nullptr) {
    return invalid_request("SamplingRuleUpdate is required");
  }
  const std::string name = name_of(*update);
  const std::lock_guard lock(mutex_);
  auto all = records();
  if (!all) return aws_error(all.error());
  const auto found = all->find(name);
  if (found == all->end()) {
    return invalid_request(fmt::format("there is no sampling rule '{}'", name));
  }
  Json rule = *found->second.find("SamplingRule");
  for (const auto& [member, value] : *update->object()) {
    if (member == "RuleName" || member == "RuleARN" || value.is_null()) continue;
    if (name == kDefault && member != "FixedRate" && member != "ReservoirSize") {
      return invalid_request("of the default rule only FixedRate and ReservoirSize can be changed");
    }
    set_member(rule, member, value);
  }
  if (const std::string problem = problem_of(rule, name == kDefault); !problem.empty()) {
    return invalid_request(problem);
  }
  set_member(found->second, "SamplingRule", std::move(rule));
  return save(name, std::move(found->second));
}

http::Reply SamplingApi::delete_rule(const Json& request) {
  const std::string name = name_of(request);
  if (name == kDefault) return invalid_request("the default rule cannot be deleted");
  const std::lock_guard lock(mutex_);
  const auto all = records();
  if (!all) return aws_error(all.error());
  const auto found = all->find(name);
  if (found == all->end()) {
    return invalid_request(fmt::format("there is no sampling rule '{}'", name));
  }
  if (const auto removed = store_.remove_item(kKind, name); !removed) {
    return aws_error(removed.error());
  }
  return json_reply({{"SamplingRuleRecord", found->second}});
}

// The reservoir is shared among those who reported within the last half minute.
Json SamplingApi::target_of(const std::string& name, const Json& rule, std::string_view client) {
  constexpr double kForgottenS = 30;
  auto& clients = clients_[name];
  std::erase_if(clients, [&](const auto& heard) { return heard.second + kForgottenS < now(); });
  if (clients.size() < kMaxClients) clients.insert_or_assign(std::string(client), now());
  Json::Object target{{"RuleName", Json(name)},
                      {"FixedRate", *rule.find("FixedRate")},
                      {"Interval", Json(kIntervalS)}};
  const auto size = static_cast<std::int64_t>(number_at(rule, "ReservoirSize").value_or(0));
  if (size > 0) {
    const auto sharing = static_cast<std::int64_t>(std::max<std::size_t>(clients.size(), 1));
    target.emplace_back("ReservoirQuota", Json((size + sharing - 1) / sharing));
    target.emplace_back("ReservoirQuotaTTL", Json(now() + 2 * kIntervalS));
  }
  return Json(std::move(target));
}

http::Reply SamplingApi::get_targets(const Json& request) {
  const Json::Array* reports = list_at(request, "SamplingStatisticsDocuments");
  if (reports == nullptr || reports->size() > kMaxReports) {
    return invalid_request("SamplingStatisticsDocuments: expected at most 25");
  }
  const std::lock_guard lock(mutex_);
  const auto all = records();
  if (!all) return aws_error(all.error());
  Json::Array targets;
  Json::Array unprocessed;
  double modified = 0;
  for (const auto& [name, record] : *all) {
    modified = std::max(modified, number_at(record, "ModifiedAt").value_or(0));
  }
  for (const Json& report : *reports) {
    const std::string name(report.text_at("RuleName"));
    const auto found = all->find(name);
    if (found != all->end()) {
      targets.push_back(
          target_of(name, *found->second.find("SamplingRule"), report.text_at("ClientID")));
      continue;
    }
    unprocessed.emplace_back(Json::Object{{"RuleName", Json(name)},
                                          {"ErrorCode", text("404")},
                                          {"Message", text("there is no such sampling rule")}});
  }
  return json_reply({{"SamplingTargetDocuments", Json(std::move(targets))},
                     {"LastRuleModification", Json(modified)},
                     {"UnprocessedStatistics", Json(std::move(unprocessed))}});
}

}  // namespace spawn::server
