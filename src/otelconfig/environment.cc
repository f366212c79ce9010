// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
#include "otelconfig/environment.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "core/text.h"
#include "otelconfig/attribute_list.h"
#include "otelconfig/bounds.h"
#include "trace/attributes.h"

namespace spawn::otelconfig {
namespace {

class Reader {
 public:
  Reader(const core::Env& env, std::vector<std::string>& notes) : env_(env), notes_(notes) {}

  [[nodiscard]] std::optional<std::string> text(std::string_view name) const {
    return env_.get_non_empty(name);
  }
  void note(std::string_view name, std::string_view value, std::string_view expected) {
    constexpr std::size_t kShown = 60;
    notes_.push_back(fmt::format("{}: '{}' is ignored: {}", name,
                                 core::visible(core::utf8_prefix(value, kShown)), expected));
  }
  // "Boolean": only "true" is true, in any case.
  std::optional<bool> truth(std::string_view name) {
    const auto found = text(name);
    if (!found) return std::nullopt;
    if (core::iequals(*found, "true")) return true;
    if (core::iequals(*found, "false")) return false;
    note(name, *found, "expected true or false");
    return std::nullopt;
  }
  // "Numeric".
  std::optional<std::int64_t> number(std::string_view name, std::int64_t least, std::int64_t most) {
    const auto found = text(name);
    if (!found) return std::nullopt;
    const auto value = core::parse_int(core::trim(*found));
    if (!value || *value < least) {
      note(name, *found, fmt::format("expected a whole number from {}", least));
      return std::nullopt;
    }
    if (*value > most) notes_.push_back(bound_note(name, *value, most));
    return std::min(*value, most);
  }

 private:
  const core::Env& env_;
  std::vector<std::string>& notes_;
};

// A probability; not set or no such thing: 1 ("Known values for OTEL_TRACES_SAMPLER").
trace::Rate ratio(Reader& read, std::string_view name) {
  const auto found = read.text(name);
  if (!found) return trace::Rate::always();
  const auto value = core::parse_double(core::trim(*found));
  const auto rate = value ? trace::Rate::from(*value) : std::nullopt;
  if (!rate) read.note(name, *found, "expected a probability from 0 to 1");
  return rate.value_or(trace::Rate::always());
}

std::optional<Said<Sampler>> read_sampler(Reader& read) {
  constexpr std::string_view kName = "OTEL_TRACES_SAMPLER";
  constexpr std::string_view kArgument = "OTEL_TRACES_SAMPLER_ARG";
  constexpr std::string_view kParentBased = "parentbased_";
  const auto found = read.text(kName);
  if (!found) return std::nullopt;
  const std::string typed = core::to_lower(core::trim(*found));
  const bool parent_based = typed.starts_with(kParentBased);
  const std::string_view root =
      std::string_view(typed).substr(parent_based ? kParentBased.size() : 0);
  Said<Sampler> sampler{{}, std::string(kName)};
  if (root == "always_off") {
    sampler.value.root = trace::Rate::never();
  } else if (root == "traceidratio") {
    sampler = {{ratio(read, kArgument)}, std::string(kArgument)};
  } else if (root == "xray") {
    sampler.value.remote = true;
    return sampler;
  } else if (root != "always_on") {
    read.note(kName, *found,
              "expected always_on, always_off, traceidratio or xray, or one of them behind "
              "parentbased_");
    return std::nullopt;
  }
  if (!parent_based) sampler.value.parents = trace::ParentRates::all(sampler.value.root);
  return sampler;
}

// "Exporter Selection": OpenTelemetry's names, and ours.
std::optional<Said<std::vector<Exporter>>> read_exporters(Reader& read) {
  constexpr std::string_view kName = "OTEL_TRACES_EXPORTER";
  using Kind = Exporter::Kind;
  constexpr std::pair<std::string_view, Kind> kKinds[] = {
      {"otlp", Kind::otlp},      {"jaeger", Kind::otlp}, {"console", Kind::console},
      {"stdout", Kind::console}, {"xray", Kind::xray},   {"local", Kind::local}};
  const auto given = read.text(kName);
  if (!given) return std::nullopt;
  Said<std::vector<Exporter>> exporters{{}, std::string(kName)};
  bool none = false;
  for (const std::string_view part : core::split(*given, ',')) {
    const std::string name = core::to_lower(core::trim(part));
    const auto* const known =
        std::ranges::find(kKinds, name, [](const auto& k) { return k.first; });
    if (name == "none") {
      none = true;
    } else if (known == std::end(kKinds)) {
      read.note(kName, name, "expected otlp, xray, console, local or none");
    } else if (std::ranges::find(exporters.value, known->second, &Exporter::kind) ==
               exporters.value.end()) {
      exporters.value.push_back({known->second});
    }
  }
  if (exporters.value.empty() && !none) return std::nullopt;
  return exporters;
}

void read_resource(Reader& read, Configuration& configuration) {
  constexpr std::string_view kName = "OTEL_RESOURCE_ATTRIBUTES";
  if (const auto list = read.text(kName)) {
    const auto pairs = parse_attribute_list(*list);
    if (!pairs) read.note(kName, *list, "expected key=value,… with %XX for other characters");
    if (pairs) configuration.resource.assign(pairs->begin(), pairs->end());
  }
  if (auto name = read.text("OTEL_SERVICE_NAME")) {
    configuration.resource.emplace_back(trace::key::kServiceName, std::move(*name));
  }
}

// "General SDK Configuration". What the names mean is the reader's to say.
std::optional<Said<std::vector<std::string>>> read_propagators(const Reader& read) {
  constexpr std::string_view kName = "OTEL_PROPAGATORS";
  const auto given = read.text(kName);
  if (!given) return std::nullopt;
  std::vector<std::string> names;
  for (const std::string_view part : core::split(*given, ',')) {
    std::string name = core::to_lower(core::trim(part));
    if (name.empty() || name == "none") continue;
    if (std::ranges::find(names, name) == names.end()) names.push_back(std::move(name));
  }
  return Said<std::vector<std::string>>{std::move(names), std::string(kName)};
}

}  // namespace

Configuration read_environment(const core::Env& env, std::vector<std::string>& notes) {
  Configuration configuration;
  Reader read(env, notes);
  if (const auto disabled = read.truth("OTEL_SDK_DISABLED")) {
    configuration.disabled = {*disabled, "OTEL_SDK_DISABLED"};
  }
  configuration.exporters = read_exporters(read);
  configuration.sampler = read_sampler(read);
  read_resource(read, configuration);
  configuration.propagators = read_propagators(read);
  const Number number = [&](std::string_view name, std::int64_t least, std::int64_t most) {
    return read.number(name, least, most);
  };
  // "Attribute Limits", "Span Limits": what is said of spans comes before what is said of all.
  configuration.limits = read_limits(
      number, {{"OTEL_SPAN_ATTRIBUTE_COUNT_LIMIT", "OTEL_ATTRIBUTE_COUNT_LIMIT"},
               {"OTEL_SPAN_ATTRIBUTE_VALUE_LENGTH_LIMIT", "OTEL_ATTRIBUTE_VALUE_LENGTH_LIMIT"},
               "OTEL_SPAN_EVENT_COUNT_LIMIT",
               "OTEL_SPAN_LINK_COUNT_LIMIT",
               "OTEL_EVENT_ATTRIBUTE_COUNT_LIMIT",
               "OTEL_LINK_ATTRIBUTE_COUNT_LIMIT"});
  // "Batch Span Processor"
  read_batching(number,
                {"OTEL_BSP_SCHEDULE_DELAY", "OTEL_BSP_EXPORT_TIMEOUT", "OTEL_BSP_MAX_QUEUE_SIZE",
                 "OTEL_BSP_MAX_EXPORT_BATCH_SIZE"},
                configuration.engine);
  return configuration;
}

}  // namespace spawn::otelconfig
