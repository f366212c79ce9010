// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include "server/fields.h"
#include "server/settings_api.h"

namespace spawn::server {
namespace {

using core::Json;

constexpr std::string_view kKind = "account";
constexpr std::string_view kNoEncryption = R"({"Status":"ACTIVE","Type":"NONE"})";

Json indexing_rule(double percentage, double modified_at) {
  // All of it can be searched here, whatever is desired.
  Json::Object probabilistic{{"DesiredSamplingPercentage", Json(percentage)},
                             {"ActualSamplingPercentage", Json(100.0)}};
  Json::Object rule{{"Probabilistic", Json(std::move(probabilistic))}};
  return Json(Json::Object{{"Name", text("Default")},
                           {"ModifiedAt", Json(modified_at)},
                           {"Rule", Json(std::move(rule))}});
}

}  // namespace

Json AccountApi::kept(std::string_view name, std::string_view otherwise) {
  const auto items = store_.items(kKind);
  if (items) {
    for (const auto& [key, json] : *items) {
      if (key != name) continue;
      if (auto value = Json::parse(json)) return std::move(*value);
    }
  }
  return *Json::parse(otherwise);
}

http::Reply AccountApi::keep(std::string_view name, const Json& value, const char* member) {
  if (auto put = store_.put_item(kKind, name, value.to_text()); !put) return aws_error(put.error());
  return json_reply({{member, value}});
}

http::Reply AccountApi::get_encryption() {
  return json_reply({{"EncryptionConfig", kept("encryption", kNoEncryption)}});
}

http::Reply AccountApi::put_encryption(const Json& request) {
  const std::string_view type = request.text_at("Type");
  const std::string_view key = request.text_at("KeyId");
  if (type != "NONE" && type != "KMS") return invalid_request("Type: expected NONE or KMS");
  if ((type == "KMS") == key.empty()) {
    return invalid_request("KeyId: expected with the type KMS, and only with it");
  }
  Json config = *Json::parse(kNoEncryption);
  set_member(config, "Type", text(type));
  if (!key.empty()) set_member(config, "KeyId", text(key));
  return keep("encryption", config, "EncryptionConfig");
}

http::Reply AccountApi::get_destination() {
  return json_reply({{"Destination", text("XRay")}, {"Status", text("ACTIVE")}});
}

http::Reply AccountApi::update_destination(const Json& request) {
  if (request.text_at("Destination") == "XRay") return get_destination();
  return invalid_request("Destination: expected XRay; there are no CloudWatch Logs here");
}

http::Reply AccountApi::get_indexing() {
  Json::Array rules;
  rules.push_back(kept("indexing", indexing_rule(100, 0).to_text()));
  return json_reply({{"IndexingRules", Json(std::move(rules))}});
}

http::Reply AccountApi::update_indexing(const Json& request) {
  if (request.text_at("Name") != "Default") {
    return aws_error(404, "ResourceNotFoundException", "Name: there is only the rule Default");
  }
  const Json* rule = request.find("Rule");
  const Json* probabilistic = rule == nullptr ? nullptr : rule->find("Probabilistic");
  const auto wanted = probabilistic == nullptr
                          ? std::nullopt
                          : number_at(*probabilistic, "DesiredSamplingPercentage");
  if (!wanted || *wanted < 0 || *wanted > 100) {
    return invalid_request("DesiredSamplingPercentage: expected 0 to 100");
  }
  return keep("indexing", indexing_rule(*wanted, to_seconds(clock_.now().wall_ns)), "IndexingRule");
}

}  // namespace spawn::server
