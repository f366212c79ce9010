// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cmath>
#include <string>
#include <string_view>
#include <utility>

#include "view/xray_json.h"

namespace spawn::view {
namespace {

using core::Json;

bool flag_at(const Json& object, std::string_view key) {
  const Json* found = object.find(key);
  return found != nullptr && found->boolean() != nullptr && *found->boolean();
}

// To microseconds, which is what X-Ray keeps.
std::optional<std::int64_t> ns_at(const Json& object, std::string_view key) {
  const Json* found = object.find(key);
  const auto seconds = found == nullptr ? std::nullopt : found->number();
  constexpr double kMost = 9e9;  // nanoseconds of it can be told
  if (!seconds || !(std::abs(*seconds) < kMost)) return std::nullopt;
  return std::llround(*seconds * 1e6) * 1000;
}

template <typename Each>
void for_each_in(const Json& object, std::string_view key, const Each& each) {
  const Json* found = object.find(key);
  if (found == nullptr || found->array() == nullptr) return;
  for (const Json& item : *found->array()) each(item);
}

std::vector<std::string> texts_in(const Json& object, std::string_view list, std::string_view key) {
  std::vector<std::string> texts;
  for_each_in(object, list, [&](const Json& item) { texts.emplace_back(item.text_at(key)); });
  return texts;
}

// That of the service, which is listed if it was not.
ServiceIndex index_of(const Json& json, TraceSummary& summary) {
  Service service;
  service.id = {std::string(json.text_at("Name")), std::string(json.text_at("Type")),
                std::string(json.text_at("AccountId"))};
  for_each_in(json, "Names", [&](const Json& name) {
    if (name.string() != nullptr && *name.string() != service.id.name) {
      service.alias = *name.string();
    }
  });
  const auto at = std::ranges::find(summary.services, service.id, &Service::id);
  const auto index = static_cast<ServiceIndex>(at - summary.services.begin());
  if (at == summary.services.end()) summary.services.push_back(std::move(service));
  return index;
}

std::vector<ServiceIndex> services_of(const Json& json, TraceSummary& summary) {
  std::vector<ServiceIndex> services;
  for_each_in(json, "ServiceIds",
              [&](const Json& service) { services.push_back(index_of(service, summary)); });
  return services;
}

std::optional<AnnotationValue> value_of(const Json* value) {
  if (value == nullptr) return std::nullopt;
  const Json* text = value->find("StringValue");
  if (text != nullptr && text->string() != nullptr) return *text->string();
  const Json* number = value->find("NumberValue");
  if (number != nullptr && number->number()) return *number->number();
  const Json* boolean = value->find("BooleanValue");
  if (boolean != nullptr && boolean->boolean() != nullptr) return *boolean->boolean();
  return std::nullopt;
}

void read_annotations(const Json& json, TraceSummary& summary) {
  const Json* all = json.find("Annotations");
  if (all == nullptr || all->object() == nullptr) return;
  for (const auto& [key, values] : *all->object()) {
    for_each_in(*all, key, [&, &key = key](const Json& told) {
      auto value = value_of(told.find("AnnotationValue"));
      if (value) summary.annotations.push_back({key, *value, services_of(told, summary)});
    });
  }
}

void read_http(const Json* http, HttpFacts& to) {
  if (http == nullptr) return;
  to.url = http->text_at("HttpURL");
  to.method = http->text_at("HttpMethod");
  to.user_agent = http->text_at("UserAgent");
  to.client_ip = http->text_at("ClientIp");
  const Json* status = http->find("HttpStatus");
  if (status != nullptr && status->integer() != nullptr) to.status = *status->integer();
}

}  // namespace

std::optional<TraceSummary> read_summary(const Json& json) {
  const auto id = trace::TraceId::from_xray(json.text_at("Id"));
  if (!id) return std::nullopt;
  TraceSummary summary;
  summary.id = *id;
  // Else the second in which its id was made, as far as X-Ray made its form.
  constexpr std::int64_t kSecond = 1'000'000'000;
  const auto made_at = static_cast<std::int64_t>(id->high >> 32) * kSecond;
  summary.start_ns = ns_at(json, "StartTime").value_or(made_at);
  summary.duration_ns = ns_at(json, "Duration").value_or(0);
  summary.response_time_ns = ns_at(json, "ResponseTime");
  summary.has_fault = flag_at(json, "HasFault");
  summary.has_error = flag_at(json, "HasError");
  summary.has_throttle = flag_at(json, "HasThrottle");
  summary.is_partial = flag_at(json, "IsPartial");
  read_http(json.find("Http"), summary.http);
  services_of(json, summary);
  read_annotations(json, summary);
  for_each_in(json, "Users", [&](const Json& user) {
    summary.users.push_back({std::string(user.text_at("UserName")), services_of(user, summary)});
  });
  summary.resource_arns = texts_in(json, "ResourceARNs", "ARN");
  summary.instance_ids = texts_in(json, "InstanceIds", "Id");
  summary.availability_zones = texts_in(json, "AvailabilityZones", "Name");
  if (const Json* entry = json.find("EntryPoint"); entry != nullptr && entry->object() != nullptr) {
    summary.entry_point = index_of(*entry, summary);
  }
  return summary;
}

}  // namespace spawn::view
