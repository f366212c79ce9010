// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
#include "otelconfig/resource.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "otelconfig/attribute_list.h"
#include "trace/attributes.h"

namespace spawn::otelconfig {
namespace {

constexpr std::string_view kDetection = "detection/development";

// As telemetry::Detector has them.
constexpr std::array<std::string_view, 5> kDetectors = {"container", "host", "process", "service",
                                                        "aws"};

// AttributeType; an array's name is its elements' and "_array".
constexpr std::array<std::string_view, 8> kTypes = {
    "string", "bool", "int", "double", "string_array", "bool_array", "int_array", "double_array"};

// One kind of element: what it is called, and how a scalar is read as one.
std::optional<std::string> as_string(const Node& node) {
  return node.is_string() ? std::optional(node.text) : std::nullopt;
}
std::optional<bool> as_bool(const Node& node) { return node.boolean(); }
std::optional<std::int64_t> as_int(const Node& node) { return node.integer(); }
std::optional<double> as_double(const Node& node) { return node.number(); }

template <typename T>
std::optional<trace::OwnedValue> value_of(const Node& node, bool array,
                                          std::optional<T> (*as)(const Node&)) {
  const auto scalar = [&](const Node& one) {
    return one.kind == Node::Kind::scalar ? as(one) : std::optional<T>();
  };
  if (!array) {
    auto value = scalar(node);
    return value ? std::optional<trace::OwnedValue>(std::move(*value)) : std::nullopt;
  }
  if (node.kind != Node::Kind::list || node.items.empty()) return std::nullopt;
  std::vector<T> values;
  for (const Node& item : node.items) {
    auto value = scalar(item);
    if (!value) return std::nullopt;
    values.push_back(std::move(*value));
  }
  return values;
}

std::optional<trace::OwnedValue> value_of(const Node& node, std::size_t type) {
  const bool array = type >= kTypes.size() / 2;
  switch (type % (kTypes.size() / 2)) {
    case 0:
      return value_of<std::string>(node, array, as_string);
    case 1:
      return value_of<bool>(node, array, as_bool);
    case 2:
      return value_of<std::int64_t>(node, array, as_int);
    default:
      return value_of<double>(node, array, as_double);
  }
}

// AttributeNameValue. One whose value is null is not there.
void read_attribute(Reading& read, const Node& item,
                    std::vector<std::pair<std::string, trace::OwnedValue>>& attributes) {
  if (!read.is_map(item, {"name", "value", "type"})) return;
  const auto name = read.text(item, "name");
  const Node* const value = item.find("value");
  if (!name || name->empty() || value == nullptr) {
    read.fault(item, "expected name and value");
    return;
  }
  const std::string type = read.text(item, "type").value_or("string");
  const auto known = std::ranges::find(kTypes, type);
  if (known == kTypes.end()) {
    read.fault(*item.find("type"), fmt::format("no type; expected {}", fmt::join(kTypes, ", ")));
    return;
  }
  if (value->kind == Node::Kind::null) return;
  auto made = value_of(*value, static_cast<std::size_t>(known - kTypes.begin()));
  if (made) {
    attributes.emplace_back(*name, std::move(*made));
  } else {
    read.fault(*value, fmt::format("no {}, which is its type; expected another value or type "
                                   "(text that looks like a number needs quotes)",
                                   type));
  }
}

std::optional<telemetry::Detector> read_detector(Reading& read, const Node& item) {
  const auto chosen = read.choice(item, fmt::format("{}", fmt::join(kDetectors, ", ")));
  if (!chosen) return std::nullopt;
  const auto known = std::ranges::find(kDetectors, chosen->name);
  if (known == kDetectors.end()) {
    read.fault(*chosen->node,
               fmt::format("no such detector here; expected {}", fmt::join(kDetectors, ", ")));
    return std::nullopt;
  }
  (void)read.is_map_or_null(*chosen->node, {});
  return static_cast<telemetry::Detector>(known - kDetectors.begin());
}

std::vector<std::string> read_patterns(Reading& read, const Node& map, std::string_view key) {
  std::vector<std::string> patterns;
  for (const Node& item : read.items(map, key)) {
    if (item.is_string() && !item.text.empty()) {
      patterns.push_back(item.text);
    } else {
      read.fault(item, "expected the name of an attribute, with * and ? for other characters");
    }
  }
  return patterns;
}

// ExperimentalResourceDetection, IncludeExclude.
telemetry::Detection read_detection(Reading& read, const Node& node) {
  telemetry::Detection detection;
  if (!read.is_map(node, {"attributes", "detectors"})) return detection;
  for (const Node& item : read.items(node, "detectors")) {
    if (const auto detector = read_detector(read, item)) detection.detectors.push_back(*detector);
  }
  const Node* const attributes = node.find("attributes");
  if (attributes != nullptr && read.is_map(*attributes, {"included", "excluded"})) {
    detection.included = read_patterns(read, *attributes, "included");
    detection.excluded = read_patterns(read, *attributes, "excluded");
  }
  return detection;
}

}  // namespace

void read_resource(Reading& read, const Node& resource, const core::Env& env,
                   Configuration& configuration) {
  auto& attributes = configuration.resource;
  if (!read.is_map(resource, {"attributes", "attributes_list", "schema_url", kDetection})) return;
  const Node* const detection = resource.find(kDetection);
  if (detection != nullptr && detection->kind != Node::Kind::null) {
    const telemetry::Detection& wanted =
        configuration.detection.emplace(read_detection(read, *detection));
    auto name = env.get_non_empty("OTEL_SERVICE_NAME");
    if (name && wanted.tells(telemetry::Detector::service, trace::key::kServiceName)) {
      attributes.emplace_back(trace::key::kServiceName, std::move(*name));
    }
  }
  if (const auto list = read.text(resource, "attributes_list")) {
    if (const auto pairs = parse_attribute_list(*list)) {
      attributes.insert(attributes.end(), pairs->begin(), pairs->end());
    } else {
      read.fault(*resource.find("attributes_list"),
                 "expected key=value,… with %XX for other characters");
    }
  }
  for (const Node& item : read.items(resource, "attributes")) {
    read_attribute(read, item, attributes);
  }
  if (read.text(resource, "schema_url")) {
    read.note(*resource.find("schema_url"), "not exported, and ignored");
  }
}

}  // namespace spawn::otelconfig
