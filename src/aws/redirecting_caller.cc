// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
#include "aws/redirecting_caller.h"

#include <algorithm>

#include "aws/endpoints.h"
#include "trace/attributes.h"

namespace spawn::aws {
namespace {

// "" when the call is not about a bucket.
std::string bucket_of(const Call& call) {
  for (const auto& [key, value] : call.attributes) {
    if (key == trace::key::kS3Bucket) return std::get<std::string>(value);
  }
  return {};
}

// It becomes part of a host name.
bool is_region(std::string_view text) {
  return !text.empty() && text.size() <= 63 && std::ranges::all_of(text, [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-';
  });
}

bool says_elsewhere(const Failure& failure, const std::string& asked) {
  return (failure.status == 301 || failure.status == 307 || failure.status == 400) &&
         is_region(failure.bucket_region) && failure.bucket_region != asked;
}

}  // namespace

Outcome RedirectingCaller::call_in(const Call& call, const std::string& region) {
  if (region == call.region) return inner_.call(call);
  Call moved = call;
  moved.region = region;
  const std::string label = "." + call.region + ".";
  const auto at = moved.url.host.find(label);
  if (is_aws_host(moved.url.host) && at != std::string::npos) {
    moved.url.host.replace(at, label.size(), "." + region + ".");
  }
  Outcome outcome = inner_.call(moved);
  if (outcome) outcome->region = region;
  return outcome;
}

Outcome RedirectingCaller::call(const Call& call) {
  const std::string bucket = bucket_of(call);
  if (bucket.empty()) return inner_.call(call);
  const auto known = regions_.find(bucket);
  const std::string region = known == regions_.end() ? call.region : known->second;
  Outcome outcome = call_in(call, region);
  if (outcome || !says_elsewhere(outcome.error(), region)) return outcome;
  regions_[bucket] = outcome.error().bucket_region;
  return call_in(call, regions_[bucket]);
}

}  // namespace spawn::aws
