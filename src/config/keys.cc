// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
#include "config/keys.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <map>

#include "config/duration.h"
#include "config/settings_builder.h"
#include "config/values.h"
#include "core/text.h"
#include "core/time_text.h"

namespace spawn::config {
namespace {

std::string show(bool value) { return value ? "true" : "false"; }
std::string show(const std::string& value) { return value; }
std::string show(double value) { return fmt::format("{}", value); }
std::string show(std::int64_t value) { return fmt::format("{}", value); }
std::string show(OnComplete value) { return std::string(to_string(value)); }
std::string show(core::Nanos value) { return format_duration(value); }
std::string show(const core::Url& value) { return value.to_string(); }
std::string show(const Sampling& value) {
  return value.remote ? "remote" : fmt::format("{}", value.rate.value());
}
std::string show(const When& value) {
  return value.relative ? "+" + format_duration(core::Nanos(value.ns)) : core::rfc3339(value.ns);
}
std::string show(const std::vector<Exporter>& value) {
  std::string text;
  for (const Exporter exporter : value) {
    if (!text.empty()) text += ',';
    text += to_string(exporter);
  }
  return text;
}
std::string show(const std::vector<std::string>& value) {
  return fmt::format("{}", fmt::join(value, ","));
}
std::string show(const Filter& value) { return value.text; }
std::string show(const Annotations& value) {
  using Annotate = trace::DocumentSettings::Annotate;
  if (value.which == Annotate::chosen) return show(value.keys);
  return value.which == Annotate::all ? "all" : "none";
}
template <typename T>
std::string show(const std::optional<T>& value) {
  return value ? show(*value) : "";
}

// One row of the table: the setting and the parser of its text.
template <auto Member, auto Parse>
constexpr Key row(std::string_view name, std::string_view yaml, bool plain) {
  return {name,
          yaml,
          plain,
          [](SettingsBuilder& to, std::string_view text, std::string_view source) -> core::Status {
            auto value = Parse(text);
            if (!value) return core::fail(std::move(value.error()));
            to.settings.*Member = {std::move(*value), std::string(source)};
            return core::ok();
          },
          [](const Settings& of) { return show((of.*Member).value); },
          [](const Settings& of) -> const std::string& { return (of.*Member).source; }};
}

using S = Settings;
constexpr bool kPlain = true;
constexpr bool kText = false;

constexpr std::array kKeys = {
    row<&S::enabled, parse_bool>("tracing-enabled", "observability.tracing.enabled", kPlain),
    row<&S::exporters, parse_exporters>("tracing-exporter", "observability.tracing.exporter",
                                        kText),
    row<&S::sampling, parse_sampling>("tracing-sampling", "observability.tracing.sampling_rate",
                                      kPlain),
    row<&S::endpoint, parse_endpoint>("tracing-endpoint", "observability.tracing.endpoint", kText),
    row<&S::annotations, parse_annotations>("tracing-annotations",
                                            "observability.tracing.annotations", kText),
    row<&S::log_groups, parse_names>("tracing-log-groups", "observability.tracing.log_groups",
                                     kText),
    row<&S::filter, parse_filter>("tracing-filter", kFilterYaml, kText),
    row<&S::from, parse_when>("tracing-from", "observability.tracing.from", kText),
    row<&S::until, parse_when>("tracing-until", "observability.tracing.until", kText),
    row<&S::ttl, parse_optional_duration>("ttl", "lifecycle.ttl", kText),
    row<&S::idle_timeout, parse_optional_duration>("idle-timeout", "lifecycle.idle_timeout", kText),
    row<&S::idle_cpu, parse_percent>("idle-cpu", "lifecycle.idle_cpu", kPlain),
    row<&S::on_complete, parse_on_complete>("on-complete", "lifecycle.on_complete", kText),
    row<&S::hibernate, parse_bool>("hibernate", "lifecycle.hibernate", kPlain),
    row<&S::completion_file, parse_path>("completion-file", "lifecycle.completion_file", kText),
    row<&S::completion_delay, parse_needed_duration>("completion-delay",
                                                     "lifecycle.completion_delay", kText),
    row<&S::pre_stop, parse_text>("pre-stop", "lifecycle.pre_stop", kText),
    row<&S::instance_id, parse_text>("instance-id", "instance_id", kText),
    row<&S::launch_id, parse_text>("launch-id", "launch.id", kText),
    row<&S::command, parse_text>("command", "launch.command", kText),
    row<&S::traceparent, parse_text>("traceparent", "launch.traceparent", kText),
    row<&S::tracestate, parse_text>("tracestate", "launch.tracestate", kText),
    row<&S::job_array_id, parse_text>("job-array-id", "job_array.id", kText),
    row<&S::job_array_name, parse_text>("job-array-name", "job_array.name", kText),
    row<&S::job_array_index, parse_count>("job-array-index", "job_array.index", kPlain),
    row<&S::job_array_size, parse_count>("job-array-size", "job_array.size", kPlain),
    row<&S::metrics_enabled, parse_bool>("metrics-enabled", "observability.metrics.enabled",
                                         kPlain),
    row<&S::metrics_port, parse_port>("metrics-port", "observability.metrics.port", kPlain),
    row<&S::metrics_path, parse_path>("metrics-path", "observability.metrics.path", kText),
    row<&S::metrics_bind, parse_text>("metrics-bind", "observability.metrics.bind", kText),
};

}  // namespace

std::string Key::tag() const { return fmt::format("spawn:{}", name); }

std::string_view Key::yaml_name() const { return yaml.substr(yaml.rfind('.') + 1); }

std::span<const Key> keys() { return kKeys; }

core::Result<const Key*> find_key(std::string_view name) {
  const auto* const found = std::ranges::find(kKeys, name, &Key::name);
  if (found != kKeys.end()) return &*found;
  std::vector<std::string_view> names;
  names.reserve(kKeys.size());
  for (const Key& key : kKeys) names.push_back(key.name);
  std::string what = fmt::format("there is no setting {}", quote(name));
  if (const auto near = core::nearest(name, names)) {
    what += fmt::format("; did you mean '{}'?", *near);
  }
  return core::fail(core::Code::invalid_argument, std::move(what));
}

const Key* find_yaml_key(std::string_view yaml) {
  const auto* const found = std::ranges::find(kKeys, yaml, &Key::yaml);
  return found != kKeys.end() ? &*found : nullptr;
}

core::Status check_value(const Key& key, std::string_view text) {
  SettingsBuilder nobody;
  return key.store(nobody, text, "");
}

std::string yaml_quoted(std::string_view text) {
  std::string out = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') out += '\\';
    if (static_cast<unsigned char>(c) < 0x20) {
      out += fmt::format("\\x{:02x}", static_cast<unsigned char>(c));
    } else {
      out += c;
    }
  }
  return out + "\"";
}

std::string yaml_of(const Tags& tags) {
  std::vector<const Key*> given;
  for (const Key& key : kKeys) {
    if (tags.contains(key.tag())) given.push_back(&key);
  }
  std::ranges::sort(given, {}, &Key::yaml);  // what is in one map stands together
  std::string text;
  std::vector<std::string_view> open;  // the maps that the last line stands in
  for (const Key* key : given) {
    const std::string& value = tags.find(key->tag())->second;
    const std::vector<std::string_view> path = core::split(key->yaml, '.');
    const auto maps = path.size() - 1;
    std::size_t shared = 0;
    while (shared < maps && shared < open.size() && open[shared] == path[shared]) ++shared;
    for (std::size_t depth = shared; depth < maps; ++depth) {
      text += fmt::format("{:{}}{}:\n", "", 2 * depth, path[depth]);
    }
    open.assign(path.begin(), path.end() - 1);
    text += fmt::format("{:{}}{}: {}\n", "", 2 * maps, path.back(),
                        key->plain ? value : yaml_quoted(value));
  }
  return text;
}

}  // namespace spawn::config
