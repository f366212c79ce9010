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

// AWS's partitions by how their regions' names begin; the last one takes all others.
// https://docs.aws.amazon.com/general/latest/gr/rande.html
struct Partition {
  std::string_view region_prefix;
  std::string_view suffix;
  std::string_view dual_stack_suffix;  // "": has none
  // IAM is one for all regions of a partition, and signed for one of them.
  std::string_view iam_host;
  std::string_view iam_region;
};
constexpr std::array<Partition, 8> kPartitions = {{
    {"cn", "amazonaws.com.cn", "api.amazonwebservices.com.cn", "iam.cn-north-1.amazonaws.com.cn",
     "cn-north-1"},
    {"us-gov", "amazonaws.com", "api.aws", "iam.us-gov.amazonaws.com", "us-gov-west-1"},
    {"eusc-de", "amazonaws.eu", "api.amazonwebservices.eu", "iam.eusc-de-east-1.amazonaws.eu",
     "eusc-de-east-1"},
    {"us-isob", "sc2s.sgov.gov", "", "iam.us-isob-east-1.sc2s.sgov.gov", "us-isob-east-1"},
    {"us-isof", "csp.hci.ic.gov", "", "iam.us-isof-south-1.csp.hci.ic.gov", "us-isof-south-1"},
    {"eu-isoe", "cloud.adc-e.uk", "", "iam.eu-isoe-west-1.cloud.adc-e.uk", "eu-isoe-west-1"},
    {"us-iso", "c2s.ic.gov", "", "iam.us-iso-east-1.c2s.ic.gov", "us-iso-east-1"},
    {"", "amazonaws.com", "api.aws", "iam.amazonaws.com", "us-east-1"},
}};

bool is_word(char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_'; }
bool is_digit(char c) { return c >= '0' && c <= '9'; }

// As AWS writes it down: ^{prefix}\-\w+\-\d+$
bool is_region_of(const Partition& partition, std::string_view region) {
  if (partition.region_prefix.empty()) return true;
  if (!region.starts_with(partition.region_prefix)) return false;
  region.remove_prefix(partition.region_prefix.size());
  const auto parts = core::split(region, '-');
  return parts.size() == 3 && parts[0].empty() && !parts[1].empty() && !parts[2].empty() &&
         std::ranges::all_of(parts[1], is_word) && std::ranges::all_of(parts[2], is_digit);
}

const Partition& partition_of(std::string_view region) {
  return *std::ranges::find_if(kPartitions,
                               [&](const Partition& p) { return is_region_of(p, region); });
}

// A region becomes part of a host name.
bool is_region(std::string_view text) {
  const bool charset = std::ranges::all_of(
      text, [](char c) { return (c >= 'a' && c <= 'z') || is_digit(c) || c == '-'; });
  return charset && !text.empty() && text.size() <= 63 && !text.starts_with('-') &&
         !text.ends_with('-') && !std::ranges::all_of(text, is_digit);
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

struct Variant {
  bool fips = false;
  bool dual_stack = false;
};
core::Result<Variant> variant_asked_for(const core::Env& env, const Profile& profile) {
  const auto fips = flag(env, "AWS_USE_FIPS_ENDPOINT", profile, "use_fips_endpoint");
  if (!fips) return core::fail(fips.error());
  const auto dual = flag(env, "AWS_USE_DUALSTACK_ENDPOINT", profile, "use_dualstack_endpoint");
  if (!dual) return core::fail(dual.error());
  return Variant{*fips, *dual};
}

// In GovCloud the ordinary endpoints of these are their FIPS endpoints.
bool is_fips_by_itself(std::string_view prefix, const Partition& partition) {
  constexpr std::array<std::string_view, 6> kServices = {"dynamodb", "ec2", "iam",
                                                         "sqs",      "ssm", "sts"};
  return partition.region_prefix == "us-gov" &&
         std::ranges::find(kServices, prefix) != kServices.end();
}

std::string host_by_rule(std::string_view prefix, const Variant& variant,
                         const Partition& partition, std::string_view region) {
  const std::string_view fips =
      variant.fips && (variant.dual_stack || !is_fips_by_itself(prefix, partition)) ? "-fips" : "";
  if (prefix == "iam" && !variant.dual_stack) {
    if (fips.empty()) return std::string(partition.iam_host);
    if (partition.region_prefix.empty()) return "iam-fips.amazonaws.com";
  }
  if (prefix == "s3") {  // older than the rule for dual-stack
    return fmt::format("s3{}.{}{}.{}", fips, variant.dual_stack ? "dualstack." : "", region,
                       partition.suffix);
  }
  return fmt::format("{}{}.{}.{}", prefix, fips, region,
                     variant.dual_stack ? partition.dual_stack_suffix : partition.suffix);
}

core::Result<Endpoint> by_rule(const ServiceInfo& service, std::string_view region,
                               const core::Env& env, const Profile& profile) {
  const auto variant = variant_asked_for(env, profile);
  if (!variant) return core::fail(variant.error());
  const Partition& partition = partition_of(region);
  if (variant->dual_stack && partition.dual_stack_suffix.empty()) {
    return core::fail(Code::invalid_argument,
                      fmt::format("AWS_USE_DUALSTACK_ENDPOINT: region '{}' has no dual-stack "
                                  "endpoints",
                                  region));
  }
  const std::string_view prefix = service.endpoint_prefix;
  if (variant->fips && prefix == "s3" && partition.region_prefix == "cn") {
    return core::fail(
        Code::invalid_argument,
        fmt::format("AWS_USE_FIPS_ENDPOINT: S3 in region '{}' has no FIPS endpoint", region));
  }
  auto url = core::Url::parse("https://" + host_by_rule(prefix, *variant, partition, region));
  if (!url) return core::fail(std::move(url.error()));
  return Endpoint{std::move(*url), std::string(prefix == "iam" ? partition.iam_region : region)};
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
