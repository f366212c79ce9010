// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
#include "aws/endpoints.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "core/text.h"

namespace spawn::aws {
namespace {

using core::Code;

// AWS's partitions by the beginning of their regions' names; the last one takes all others.
// https://docs.aws.amazon.com/general/latest/gr/rande.html
struct Partition {
  std::string_view region_prefix;
  std::string_view suffix;
  std::string_view dual_stack_suffix;  // "": has none
};
constexpr std::array<Partition, 8> kPartitions = {{
    {"cn-", "amazonaws.com.cn", "api.amazonwebservices.com.cn"},
    {"us-gov-", "amazonaws.com", "api.aws"},
    {"eusc-", "amazonaws.eu", "api.amazonwebservices.eu"},
    {"us-isob-", "sc2s.sgov.gov", ""},
    {"us-isof-", "csp.hci.ic.gov", ""},
    {"eu-isoe-", "cloud.adc-e.uk", ""},
    {"us-iso-", "c2s.ic.gov", ""},
    {"", "amazonaws.com", "api.aws"},
}};

const Partition& partition_of(std::string_view region) {
  return *std::ranges::find_if(
      kPartitions, [&](const Partition& p) { return region.starts_with(p.region_prefix); });
}

// A region becomes part of a host name.
bool is_region(std::string_view text) {
  return !text.empty() && text.size() <= 63 && std::ranges::all_of(text, [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-';
  });
}

core::Result<bool> flag(const core::Env& env, const char* variable, const Profile& profile,
                        std::string_view setting) {
  std::string where = variable;
  std::string text = env.get_non_empty(variable).value_or("");
  if (text.empty()) {
    where = fmt::format("{} of profile '{}'", setting, profile.name);
    text = profile.get(setting);
  }
  const std::string lower = core::to_lower(core::trim(text));
  if (lower.empty() || lower == "false") return false;
  if (lower == "true") return true;
  return core::fail(Code::invalid_argument,
                    fmt::format("{}: expected true or false, not '{}'", where, text));
}

struct Configured {
  std::string where;
  std::string url;
};
// The first endpoint that environment or profile names; an empty url when none does.
Configured configured_endpoint(const ServiceInfo& service, const core::Env& env,
                               const Profile& profile) {
  const std::string own_variable = "AWS_ENDPOINT_URL_" + std::string(service.endpoint_variable);
  for (const std::string& variable : {own_variable, std::string("AWS_ENDPOINT_URL")}) {
    if (auto url = env.get_non_empty(variable)) return {variable, std::move(*url)};
  }
  const auto section = profile.services.find(core::to_lower(service.endpoint_variable));
  if (section != profile.services.end()) {
    const auto at = section->second.nested.find("endpoint_url");
    if (at != section->second.nested.end() && !at->second.empty()) {
      return {fmt::format("endpoint_url of {} in [services …] of {}", section->first,
                          profile.config_path),
              at->second};
    }
  }
  return {fmt::format("endpoint_url of profile '{}'", profile.name),
          std::string(profile.get("endpoint_url"))};
}

core::Result<Endpoint> parsed(const Configured& configured, std::string_view region) {
  auto url = core::Url::parse(configured.url);
  if (!url) return core::fail(std::move(url.error()).while_(configured.where));
  return Endpoint{std::move(*url), std::string(region)};
}

core::Result<Endpoint> by_rule(const ServiceInfo& service, std::string_view region,
                               const core::Env& env, const Profile& profile) {
  const auto fips = flag(env, "AWS_USE_FIPS_ENDPOINT", profile, "use_fips_endpoint");
  if (!fips) return core::fail(fips.error());
  const auto dual = flag(env, "AWS_USE_DUALSTACK_ENDPOINT", profile, "use_dualstack_endpoint");
  if (!dual) return core::fail(dual.error());
  const Partition& partition = partition_of(region);
  if (*dual && partition.dual_stack_suffix.empty()) {
    return core::fail(Code::invalid_argument,
                      fmt::format("AWS_USE_DUALSTACK_ENDPOINT: region '{}' has no dual-stack "
                                  "endpoints",
                                  region));
  }
  // GovCloud's ordinary STS endpoints are its FIPS endpoints.
  const bool marked = *fips && !(partition.region_prefix == "us-gov-" && service.id == "STS");
  auto url = core::Url::parse(fmt::format("https://{}{}.{}.{}", service.endpoint_prefix,
                                          marked ? "-fips" : "", region,
                                          *dual ? partition.dual_stack_suffix : partition.suffix));
  if (!url) return core::fail(std::move(url.error()));
  return Endpoint{std::move(*url), std::string(region)};
}

}  // namespace

core::Result<std::string> resolve_region(std::string_view explicit_region, const core::Env& env,
                                         const Profile& profile) {
  std::string where = "the region asked for";
  std::string region(explicit_region);
  for (const char* variable : {"AWS_REGION", "AWS_DEFAULT_REGION"}) {
    if (!region.empty()) break;
    where = variable;
    region = env.get_non_empty(variable).value_or("");
  }
  if (region.empty()) {
    where = fmt::format("region of profile '{}'", profile.name);
    region = profile.get("region");
  }
  if (region.empty()) {
    return core::fail(Code::invalid_argument,
                      fmt::format("no AWS region is set: set AWS_REGION, or region in profile '{}'",
                                  profile.name));
  }
  if (!is_region(region)) {
    return core::fail(
        Code::invalid_argument,
        fmt::format("{}: expected an AWS region such as us-east-1, not '{}'", where, region));
  }
  return region;
}

core::Result<Endpoint> resolve_endpoint(const ServiceInfo& service, std::string_view explicit_url,
                                        std::string_view region, const core::Env& env,
                                        const Profile& profile) {
  if (!is_region(region)) {
    return core::fail(Code::invalid_argument,
                      fmt::format("expected an AWS region such as us-east-1, not '{}'", region));
  }
  if (!explicit_url.empty()) return parsed({"endpoint", std::string(explicit_url)}, region);
  const auto ignored =
      flag(env, "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS", profile, "ignore_configured_endpoint_urls");
  if (!ignored) return core::fail(ignored.error());
  if (!*ignored) {
    const Configured configured = configured_endpoint(service, env, profile);
    if (!configured.url.empty()) return parsed(configured, region);
  }
  return by_rule(service, region, env, profile);
}

bool is_aws_host(std::string_view host) {
  const auto is_below = [&](std::string_view domain) {
    return !domain.empty() && host.size() > domain.size() && host.ends_with(domain) &&
           host[host.size() - domain.size() - 1] == '.';
  };
  return std::ranges::any_of(kPartitions, [&](const Partition& partition) {
    return is_below(partition.suffix) || is_below(partition.dual_stack_suffix);
  });
}

}  // namespace spawn::aws
