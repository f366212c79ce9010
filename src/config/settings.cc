// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
#include "config/settings.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <utility>
#include <variant>

#include "config/keys.h"
#include "config/settings_builder.h"
#include "config/values.h"
#include "config/yaml_file.h"
#include "core/file.h"
#include "core/text.h"
#include "trace/attributes.h"

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

Exporter to_exporter(otelconfig::Exporter::Kind kind) {
  switch (kind) {
    case otelconfig::Exporter::Kind::console:
      return Exporter::stdout_;
    case otelconfig::Exporter::Kind::xray:
      return Exporter::xray;
    case otelconfig::Exporter::Kind::local:
      return Exporter::local;
    case otelconfig::Exporter::Kind::otlp:
      break;
  }
  return Exporter::otlp;
}

// Who names an exporter asks for tracing, unless a file or a tag says no.
void apply_exporters(Settings& settings,
                     const otelconfig::Said<std::vector<otelconfig::Exporter>>& said) {
  std::vector<Exporter> exporters;
  for (const auto& one : said.value) {
    const Exporter exporter = to_exporter(one.kind);
    if (std::ranges::find(exporters, exporter) == exporters.end()) exporters.push_back(exporter);
  }
  if (exporters.empty()) exporters.push_back(Exporter::none);
  settings.exporters = {std::move(exporters), said.source};
  if (settings.enabled.source == "default") settings.enabled = {true, said.source};
}

// Our samplers are all based on the parent.
void apply_sampler(Settings& settings, const otelconfig::Said<otelconfig::Sampler>& said) {
  settings.sampling = {{said.value.root, said.value.remote}, said.source};
  const trace::ParentRates& parents = said.value.parents;
  if (!parents.obey_all() && parents != trace::ParentRates::all(said.value.root)) {
    settings.notes.push_back(fmt::format(
        "{}: the parts of parent_based are ignored: a parent's decision is obeyed", said.source));
  }
}

// Nothing else is taken in the place of a file that is wrong, but what was typed.
void go_without_file(Settings& settings, const Flags& flags, const core::Error& wrong) {
  settings.otel.from_file = true;
  if (!flags.exporter) settings.enabled = {false, "OTEL_CONFIG_FILE"};
  settings.notes.push_back(
      wrong.message + (settings.enabled.value ? "; going by the flags alone" : "; tracing is off"));
}

core::Status apply_opentelemetry(Settings& settings, const Sources& sources, const core::Env& env) {
  std::vector<std::string> notes;
  auto read = otelconfig::read_configuration(env, notes);
  if (!read && sources.rather_untraced) {
    go_without_file(settings, sources.flags, read.error());
    return core::ok();
  }
  if (!read) return core::fail(std::move(read.error()));
  settings.notes = std::move(notes);
  settings.otel = std::move(*read);
  const otelconfig::Configuration& otel = settings.otel;
  for (const auto& [key, value] : otel.resource) {
    const auto* const text = std::get_if<std::string>(&value);
    if (key == trace::key::kServiceName && text != nullptr) {
      settings.service_name = {*text, "OpenTelemetry's configuration"};
    }
  }
  if (otel.sampler) apply_sampler(settings, *otel.sampler);
  if (otel.exporters) apply_exporters(settings, *otel.exporters);
  if (otel.disabled && otel.disabled->value) settings.enabled = {false, otel.disabled->source};
  return core::ok();
}

bool exports_to(const Settings& settings, Exporter exporter) {
  return std::ranges::find(settings.exporters.value, exporter) != settings.exporters.value.end();
}

// The environment is stronger than the file, and its addresses are read by the exporter.
void prefer_environment(Settings& settings, const core::Env& env) {
  if (settings.otel.from_file) {
    settings.endpoint = {std::nullopt, "OTEL_CONFIG_FILE"};
    return;
  }
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
  if (auto s = apply_opentelemetry(settings, sources, env); !s)
    return core::fail(std::move(s.error()));
  if (auto s = apply_flags(builder, sources.flags); !s) return core::fail(std::move(s.error()));
  if (!sources.flags.endpoint) prefer_environment(settings, env);
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

std::string xray_url(const Settings& settings) {
  if (settings.endpoint.value) return settings.endpoint.value->to_string();
  if (!settings.otel.exporters) return "";
  const auto& exporters = settings.otel.exporters->value;
  const auto xray =
      std::ranges::find(exporters, otelconfig::Exporter::Kind::xray, &otelconfig::Exporter::kind);
  return xray == exporters.end() ? "" : xray->xray_url;
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
