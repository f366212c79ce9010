// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
#include "otelconfig/file.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <utility>

#include "core/text.h"
#include "otelconfig/bounds.h"
#include "otelconfig/reading.h"
#include "otelconfig/resource.h"
#include "otelconfig/tracer_provider.h"
#include "otelconfig/yaml.h"

namespace spawn::otelconfig {
namespace {

constexpr std::string_view kTracerProvider = "tracer_provider";
constexpr std::array<std::string_view, 11> kTop = {"file_format",     "disabled",
                                                   "log_level",       "attribute_limits",
                                                   "resource",        "propagator",
                                                   kTracerProvider,   "meter_provider",
                                                   "logger_provider", "instrumentation/development",
                                                   "distribution"};

// VERSIONING.md, "File format". A bare 1.0 is a number by YAML's rules, and meant all the same.
void check_format(Reading& read, const Node& root) {
  constexpr std::string_view kExpected = R"(expected file_format: "1.0" or "1.1")";
  const Node* const format = root.find("file_format");
  if (format == nullptr || format->kind != Node::Kind::scalar) {
    read.fault(format == nullptr ? root : *format, fmt::format("no file format; {}", kExpected));
    return;
  }
  const std::string_view version = format->text;
  const auto dot = std::min(version.find('.'), version.size());
  const auto major = core::parse_int(version.substr(0, dot));
  const auto minor = core::parse_int(version.substr(std::min(dot + 1, version.size())));
  if (major != 1 || !minor || *minor < 0) {
    read.fault(*format,
               fmt::format("{} is not a format that is understood; {}", shown(*format), kExpected));
  } else if (*minor > 1) {
    read.note(*format, fmt::format("{} is newer than what is understood, and read as \"1.1\"",
                                   shown(*format)));
  }
}

// The schema lets anything stand at the top; a slip of the pen is not to be passed over.
void check_top(Reading& read, const Node& root) {
  for (const Node& member : root.members) {
    if (std::ranges::find(kTop, member.key) != kTop.end()) continue;
    const auto near = core::nearest(member.key, kTop);
    read.note(member, near ? fmt::format("not understood, and ignored; did you mean '{}'?", *near)
                           : std::string("not understood, and ignored"));
  }
}

// "If omitted, a noop propagator is used."
Said<std::vector<std::string>> read_propagators(Reading& read, const Node& root) {
  Said<std::vector<std::string>> said{{}, read.source(root)};
  std::vector<std::string>& names = said.value;
  const auto add = [&](std::string_view name) {
    if (std::ranges::find(names, name) == names.end()) names.emplace_back(name);
  };
  const Node* const propagator = root.find("propagator");
  if (propagator == nullptr || !read.is_map(*propagator, {"composite", "composite_list"})) {
    return said;
  }
  said.source = read.source(*propagator);
  for (const Node& item : read.items(*propagator, "composite")) {
    const auto chosen = read.choice(item, "tracecontext, baggage, xray");
    if (chosen && read.is_map_or_null(*chosen->node, {})) add(chosen->name);
  }
  // "Entries are appended to .composite with duplicates filtered out."
  const auto list = read.text(*propagator, "composite_list").value_or("");
  for (const std::string_view part : core::split(list, ',')) {
    const std::string_view name = core::trim(part);
    if (!name.empty() && name != "none") add(name);
  }
  return said;
}

// tracer_provider.limits come before attribute_limits.
std::optional<trace::SpanLimits> limits_of(Reading& read, const Node& root) {
  constexpr std::string_view kCount = "attribute_count_limit";
  constexpr std::string_view kLength = "attribute_value_length_limit";
  constexpr std::string_view kGeneral = "attribute_limits/";
  const Node* const general = root.find("attribute_limits");
  if (general != nullptr && !read.is_map(*general, {kLength, kCount})) return std::nullopt;
  const Node* const provider = root.find(kTracerProvider);
  const Node* const spans = provider != nullptr ? provider->find("limits") : nullptr;
  if (spans != nullptr &&
      !read.is_map(*spans, {kLength, kCount, "event_count_limit", "link_count_limit",
                            "event_attribute_count_limit", "link_attribute_count_limit"})) {
    return std::nullopt;
  }
  const Number number = [&](std::string_view name, std::int64_t least, std::int64_t most) {
    const bool of_all = name.starts_with(kGeneral);
    const Node* const map = of_all ? general : spans;
    if (map == nullptr) return std::optional<std::int64_t>();
    return read.whole(*map, of_all ? name.substr(kGeneral.size()) : name, least, most);
  };
  return read_limits(number, {{kCount, "attribute_limits/attribute_count_limit"},
                              {kLength, "attribute_limits/attribute_value_length_limit"},
                              "event_count_limit",
                              "link_count_limit",
                              "event_attribute_count_limit",
                              "link_attribute_count_limit"});
}

}  // namespace

core::Result<Configuration> read_file(std::string_view text, std::string_view name,
                                      const core::Env& env, std::vector<std::string>& notes) {
  auto root = read_yaml(text, name, env);
  if (!root) return core::fail(std::move(root.error()));
  Configuration configuration;
  configuration.from_file = true;
  Reading read(name, notes);
  if (root->kind != Node::Kind::map) {
    read.fault(*root, R"(no configuration; expected file_format: "1.1" and more)");
    return core::fail(read.status().error());
  }
  check_format(read, *root);
  check_top(read, *root);
  if (const auto disabled = read.boolean(*root, "disabled")) {
    configuration.disabled = {*disabled, read.source(*root->find("disabled"))};
  }
  (void)read.text(*root, "log_level");
  if (const Node* const resource = root->find("resource")) {
    read_resource(read, *resource, env, configuration);
  }
  configuration.propagators = read_propagators(read, *root);
  if (const Node* const provider = root->find(kTracerProvider)) {
    read_tracer_provider(read, *provider, configuration);
  } else {
    // "If omitted, a noop tracer provider is used."
    configuration.exporters = {{}, read.source(*root)};
  }
  configuration.limits = limits_of(read, *root);
  if (!read.status()) return core::fail(read.status().error());
  return configuration;
}

}  // namespace spawn::otelconfig
