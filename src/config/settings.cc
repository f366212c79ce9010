// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
#include "config/settings.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "config/keys.h"
#include "config/settings_builder.h"
#include "config/values.h"
#include "config/yaml_file.h"
#include "core/file.h"
#include "core/text.h"

namespace spawn::config {
namespace {

using core::Code;

constexpr std::string_view kTagPrefix = "spawn:";
// Of the same prefix, and no settings: what they are is in handoff/tags.h.
constexpr std::array<std::string_view, 10> kOtherTags = {
    "managed",  "created-by", "version",           "root",           "account-id",
    "iam-user", "spot",       "job-array-created", "price-per-hour", "account-base36"};

tl::unexpected<core::Error> bad(std::string what) {
  return core::fail(Code::invalid_argument, std::move(what));
}

core::Status apply_yaml(SettingsBuilder& to, std::string_view text, std::string_view name) {
  const auto yaml = read_yaml(text, name);
  if (!yaml) return core::fail(yaml.error());
  for (const Key& key : keys()) {
    const auto found = yaml->find(key.yaml);
    if (found == yaml->end()) continue;
    const YamlValue& value = found->second;
    const std::string source = fmt::format("{}:{}", core::visible(name), value.line);
    const std::string prefix = fmt::format("{}: {}", source, key.yaml_name());
    if (key.plain && value.quoted) {
      return bad(fmt::format("{}: {} is text; write it without quotes", prefix, quote(value.text)));
    }
    if (auto stored = key.store(to, value.text, source); !stored) {
      return core::fail(std::move(stored.error()).while_(prefix));
    }
  }
  return core::ok();
}

core::Status apply_file(SettingsBuilder& to, const Sources& sources) {
  auto text = core::read_file(sources.file, kMaxYamlBytes);
  if (text) return apply_yaml(to, *text, sources.file);
  core::Error error = std::move(text.error());
  if (error.code == Code::not_found && !sources.file_required) return core::ok();
  if (error.code != Code::permission_denied) error.code = Code::invalid_argument;
  error.message = core::visible(error.message);
  return core::fail(std::move(error).while_("settings"));
}

core::Status apply_tag(SettingsBuilder& to, std::string_view tag, std::string_view value) {
  const std::string_view name = tag.substr(kTagPrefix.size());
  if (std::ranges::find(kOtherTags, name) != kOtherTags.end() || name.starts_with("param:")) {
    return core::ok();
  }
  auto key = find_key(name);
  const std::string source = fmt::format("tag {}", core::visible(tag));
  core::Status stored = key ? (*key)->store(to, value, source) : core::fail(key.error());
  if (!stored) return core::fail(std::move(stored.error()).while_(source));
  return stored;
}

// Every one of them; those that make no sense are named.
void apply_tags(SettingsBuilder& to, const Tags& tags, std::vector<std::string>& complaints) {
  for (const auto& [tag, value] : tags) {
    if (!tag.starts_with(kTagPrefix)) continue;
    if (auto applied = apply_tag(to, tag, value); !applied) {
      complaints.push_back(std::move(applied.error().message));
    }
  }
}

// What makes no sense counts as not set, and is said.
// https://opentelemetry.io/docs/specs/otel/configuration/common/#type-specific-guidance
void note(Settings& settings, std::string_view name, std::string_view value,
          std::string_view expected) {
  settings.notes.push_back(fmt::format("{}: {} is ignored: {}", name, quote(value), expected));
}

// OpenTelemetry's names. Those of other sampling services are for other programs. Our samplers are
// all based on the parent.
// https://opentelemetry.io/docs/specs/otel/configuration/sdk-environment-variables/
void apply_sampler(Settings& settings, const core::Env& env) {
  constexpr std::string_view kName = "OTEL_TRACES_SAMPLER";
  constexpr std::string_view kArgument = "OTEL_TRACES_SAMPLER_ARG";
  const std::string given = core::to_lower(core::trim(env.get_non_empty(kName).value_or("")));
  std::string_view sampler = given;
  constexpr std::string_view kParentBased = "parentbased_";
  if (sampler.starts_with(kParentBased)) sampler.remove_prefix(kParentBased.size());
  if (sampler == "xray") settings.sampling = {{trace::Rate::always(), true}, std::string(kName)};
  if (sampler == "always_on") settings.sampling = {{trace::Rate::always()}, std::string(kName)};
  if (sampler == "always_off") settings.sampling = {{trace::Rate::never()}, std::string(kName)};
  if (sampler != "traceidratio") return;
  const std::string argument = env.get_non_empty(kArgument).value_or("1");
  const auto number = core::parse_double(core::trim(argument));
  const auto rate = number ? trace::Rate::from(*number) : std::nullopt;
  if (!rate) note(settings, kArgument, argument, "expected a probability from 0 to 1");
  // "If OTEL_TRACES_SAMPLER_ARG is not set or invalid": 1.
  settings.sampling = {{rate.value_or(trace::Rate::always())}, std::string(kArgument)};
}

// "Exporter Selection": OpenTelemetry's names, and ours. Who names one asks for tracing, unless a
// file or a tag says no.
void apply_exporters(Settings& settings, const core::Env& env) {
  constexpr std::string_view kName = "OTEL_TRACES_EXPORTER";
  const auto given = env.get_non_empty(kName);
  if (!given) return;
  std::vector<Exporter> exporters;
  for (const std::string_view part : core::split(*given, ',')) {
    const std::string name = core::to_lower(core::trim(part));
    const auto one = parse_exporters(name == "console" ? "stdout" : name);
    if (!one) {
      note(settings, kName, name, "expected otlp, xray, console, local or none");
    } else if (std::ranges::find(exporters, one->front()) == exporters.end()) {
      exporters.push_back(one->front());
    }
  }
  if (exporters.size() > 1) std::erase(exporters, Exporter::none);
  if (exporters.empty()) return;
  settings.exporters = {std::move(exporters), std::string(kName)};
  if (settings.enabled.source == "default") settings.enabled = {true, std::string(kName)};
}

// "Boolean": only "true" is true.
void apply_disabled(Settings& settings, const core::Env& env) {
  constexpr std::string_view kName = "OTEL_SDK_DISABLED";
  const auto given = env.get_non_empty(kName);
  if (!given) return;
  if (core::iequals(*given, "true")) {
    settings.enabled = {false, std::string(kName)};
  } else if (!core::iequals(*given, "false")) {
    note(settings, kName, *given, "expected true or false");
  }
}

void apply_environment(Settings& settings, const core::Env& env) {
  if (auto name = env.get_non_empty("OTEL_SERVICE_NAME")) {
    settings.service_name = {std::move(*name), "OTEL_SERVICE_NAME"};
  }
  apply_sampler(settings, env);
  apply_exporters(settings, env);
  apply_disabled(settings, env);
}

bool exports_to(const Settings& settings, Exporter exporter) {
  return std::ranges::find(settings.exporters.value, exporter) != settings.exporters.value.end();
}

// The environment is stronger than the file, and its addresses are read by the exporter.
void prefer_environment_of_otlp(Settings& settings, const core::Env& env) {
  if (!exports_to(settings, Exporter::otlp)) return;
  for (const char* name : {"OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", "OTEL_EXPORTER_OTLP_ENDPOINT"}) {
    if (!env.get_non_empty(name)) continue;
    if (!exports_to(settings, Exporter::xray)) settings.endpoint = {std::nullopt, name};
    return;
  }
}

// One address cannot be X-Ray's and a collector's.
core::Status check_endpoint(const Settings& settings) {
  if (!settings.endpoint.value || !exports_to(settings, Exporter::xray) ||
      !exports_to(settings, Exporter::otlp)) {
    return core::ok();
  }
  return bad(
      fmt::format("{}: endpoint: with exporters xray and otlp it is not clear whose it is; set "
                  "OTEL_EXPORTER_OTLP_ENDPOINT and AWS_ENDPOINT_URL_XRAY instead",
                  settings.endpoint.source));
}

core::Status check_window(const Settings& settings) {
  const auto& from = settings.from.value;
  const auto& until = settings.until.value;
  if (!from || !until || from->relative != until->relative || from->ns < until->ns) {
    return core::ok();
  }
  return bad(fmt::format("{}: tracing-until is not after tracing-from ({})", settings.until.source,
                         settings.from.source));
}

core::Status apply_flags(SettingsBuilder& to, const Flags& flags) {
  const std::array<
      std::tuple<const std::optional<std::string>&, std::string_view, std::string_view>, 6>
      all = {{{flags.exporter, "--exporter", "tracing-exporter"},
              {flags.sampling, "--sampling", "tracing-sampling"},
              {flags.endpoint, "--endpoint", "tracing-endpoint"},
              {flags.annotations, "--annotate", "tracing-annotations"},
              {flags.log_groups, "--log-group", "tracing-log-groups"},
              {flags.filter, "--filter", "tracing-filter"}}};
  for (const auto& [value, flag, name] : all) {
    if (!value) continue;
    const auto key = find_key(name);
    SPAWN_CHECK(key.has_value());
    if (auto stored = (*key)->store(to, *value, flag); !stored) {
      return core::fail(std::move(stored.error()).while_(flag));
    }
  }
  return core::ok();
}

}  // namespace

core::Result<Settings> resolve(const Sources& sources, const core::Env& env,
                               std::vector<std::string>& complaints) {
  SettingsBuilder builder;
  Settings& settings = builder.settings;
  if (sources.asked_for_tracing) {
    settings.enabled = {true, "asked for"};
    settings.sampling = {{trace::Rate::always(), false}, "asked for"};
  }
  if (auto s = apply_file(builder, sources); !s) return core::fail(std::move(s.error()));
  apply_tags(builder, sources.tags, complaints);
  apply_environment(settings, env);
  if (auto s = apply_flags(builder, sources.flags); !s) return core::fail(std::move(s.error()));
  if (!sources.flags.endpoint) prefer_environment_of_otlp(settings, env);
  if (auto s = check_endpoint(settings); !s) return core::fail(std::move(s.error()));
  if (auto s = check_window(settings); !s) return core::fail(std::move(s.error()));
  return std::move(settings);
}

core::Result<Settings> resolve(const Sources& sources, const core::Env& env) {
  std::vector<std::string> complaints;
  auto settings = resolve(sources, env, complaints);
  if (settings && !complaints.empty()) return bad(std::move(complaints.front()));
  return settings;
}

trace::DocumentSettings document_settings(const Settings& settings) {
  return {settings.annotations.value.which, settings.annotations.value.keys,
          settings.log_groups.value};
}

core::Status check_tags(const Tags& tags) {
  SettingsBuilder builder;
  std::vector<std::string> complaints;
  apply_tags(builder, tags, complaints);
  if (!complaints.empty()) return bad(std::move(complaints.front()));
  if (auto s = check_endpoint(builder.settings); !s) return s;
  return check_window(builder.settings);
}

core::Status check_yaml(std::string_view text, std::string_view name) {
  SettingsBuilder builder;
  return apply_yaml(builder, text, name);
}

}  // namespace spawn::config
