// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
#include "otel/root_rules.h"

#include <algorithm>
#include <initializer_list>
#include <string_view>
#include <utility>
#include <vector>

#include "core/url.h"
#include "otel/ids.h"
#include "trace/attributes.h"
#include "xray/mapping.h"

namespace spawn::otel {
namespace {

namespace common = opentelemetry::common;
namespace key = trace::key;
namespace nostd = opentelemetry::nostd;

using Texts = std::vector<std::pair<std::string_view, std::string_view>>;

// Rules match text only. Refers to `attributes`.
Texts texts_of(const common::KeyValueIterable& attributes) {
  Texts texts;
  attributes.ForEachKeyValue([&](nostd::string_view name, const common::AttributeValue& value) {
    if (const auto* text = nostd::get_if<nostd::string_view>(&value)) {
      texts.emplace_back(from_api(name), from_api(*text));
    } else if (const auto* pointer = nostd::get_if<const char*>(&value)) {
      texts.emplace_back(from_api(name), *pointer);
    }
    return true;
  });
  return texts;
}

// Of the first name that is there; "".
std::string_view first_of(const Texts& texts, std::initializer_list<std::string_view> names) {
  for (const std::string_view name : names) {
    const auto at = std::ranges::find(texts, name, &Texts::value_type::first);
    if (at != texts.end()) return at->second;
  }
  return {};
}

std::string path_of(const Texts& texts) {
  if (const std::string_view path = first_of(texts, {"url.path"}); !path.empty()) {
    return std::string(path);
  }
  const std::string_view target = first_of(texts, {"http.target"});
  if (!target.empty()) return std::string(target.substr(0, target.find('?')));
  const auto url = core::Url::parse(first_of(texts, {key::kUrlFull, "http.url"}));
  return url ? url->path : "";
}

// Of the first name that is there; "".
std::string text_of(const trace::Resource& resource,
                    std::initializer_list<std::string_view> names) {
  for (const std::string_view name : names) {
    const std::string_view text = resource.text(name);
    if (!text.empty()) return std::string(text);
  }
  return {};
}

}  // namespace

SampledService sampled_service(const trace::Resource& resource) {
  const std::string_view platform = resource.text(key::kCloudPlatform);
  const auto at = std::ranges::find(xray::kPlatforms, platform, &xray::Platform::cloud_platform);
  return {{std::string(resource.service_name()),
           at == xray::kPlatforms.end() ? "" : std::string(at->origin)},
          text_of(resource, {"aws.ecs.container.arn", "aws.ecs.cluster.arn", "aws.eks.cluster.arn",
                             "cloud.resource_id"})};
}

bool RootRules::keeps(const common::KeyValueIterable& attributes, std::uint64_t randomness) const {
  const Texts texts = texts_of(attributes);
  const std::string path = path_of(texts);
  xray::SamplingRequest request;
  request.host = first_of(texts, {key::kServerAddress, "net.host.name", "http.host"});
  request.http_method = first_of(texts, {key::kHttpMethod, "http.method"});
  request.url_path = path;
  request.resource_arn = arn;
  request.attributes = texts;
  return decide(request, randomness);
}

}  // namespace spawn::otel
