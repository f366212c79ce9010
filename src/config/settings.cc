// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
#include "config/settings.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "config/yaml_file.h"
#include "core/file.h"
#include "core/text.h"

namespace spawn::config {
namespace {

using core::Code;
using core::Result;

constexpr std::array<std::string_view, 4> kExporterNames = {"xray", "stdout", "otlp", "none"};
// Names the guide's tools know, which this version does not have.
constexpr std::array<std::string_view, 1> kLaterExporters = {"local"};

std::string quote(std::string_view text) {
  constexpr std::size_t kShown = 60;
  if (text.size() <= kShown) return "'" + core::visible(text) + "'";
  return "'" + core::visible(core::utf8_prefix(text, kShown)) + "…'";
}

tl::unexpected<core::Error> bad(std::string_view what) {
  return core::fail(Code::invalid_argument, std::string(what));
}

Result<bool> parse_enabled(std::string_view text) {
  if (text == "true") return true;
  if (text == "false") return false;
  return bad(quote(text) + " is neither true nor false");
}

Result<trace::Rate> parse_sampling(std::string_view text) {
  const auto number = core::parse_double(core::trim(text));
  if (number) {
    if (const auto rate = trace::Rate::from(*number)) return *rate;
  }
  std::string what = quote(text) + " is no sampling rate; expected a number from 0.0 to 1.0";
  if (number && *number > 1.0 && *number <= 100.0) {
    what += fmt::format(" ({} % is {:.6g})", *number, *number / 100);
  }
  return bad(what);
}

Result<Exporter> parse_exporter(std::string_view name) {
  if (name == "xray") return Exporter::xray;
  if (name == "stdout") return Exporter::stdout_;
  if (name == "otlp" || name == "jaeger") return Exporter::otlp;  // Jaeger takes OTLP
  if (name == "none") return Exporter::none;
  const std::string there_are = fmt::format("there are {}", fmt::join(kExporterNames, ", "));
  if (std::ranges::find(kLaterExporters, name) != kLaterExporters.end()) {
    return bad(fmt::format("'{}' is not in this version; {}", name, there_are));
  }
  const auto near = core::nearest(name, kExporterNames);
  if (near && !name.empty()) {
    return bad(fmt::format("{} is no exporter; did you mean '{}'?", quote(name), *near));
  }
  return bad(fmt::format("{} is no exporter; {}", quote(name), there_are));
}

Result<std::vector<Exporter>> parse_exporters(std::string_view text) {
  std::vector<Exporter> exporters;
  for (const std::string_view part : core::split(text, ',')) {
    auto exporter = parse_exporter(core::trim(part));
    if (!exporter) return core::fail(std::move(exporter.error()));
    if (std::ranges::find(exporters, *exporter) != exporters.end()) {
      return bad(fmt::format("'{}' is named twice", to_string(*exporter)));
    }
    exporters.push_back(*exporter);
  }
  if (exporters.size() > 1 && std::ranges::find(exporters, Exporter::none) != exporters.end()) {
    return bad("'none' cannot be combined with others");
  }
  return exporters;
}

Result<std::optional<core::Url>> parse_endpoint(std::string_view text) {
  text = core::trim(text);
  if (text.empty()) return std::nullopt;
  auto url = core::Url::parse(text);
  if (url) return std::optional(std::move(*url));
  if (text.find("://") == std::string_view::npos) {
    if (const auto completed = core::Url::parse(fmt::format("http://{}", text))) {
      url.error().message += fmt::format("; did you mean 'http://{}'?", text);
    }
  }
  return core::fail(std::move(url.error()));
}

// Stores what a parser made of `text`, or says where the trouble is: "/etc/x.yaml:3: exporter: …".
template <typename T, typename Parse>
core::Status store(Sourced<T>& to, std::string_view text, std::string source,
                   std::string_view error_prefix, Parse parse) {
  auto value = parse(text);
  if (!value) return core::fail(std::move(value.error()).while_(error_prefix));
  to = {std::move(*value), std::move(source)};
  return core::ok();
}

}  // namespace

// The one maker of Settings. Applied from the weakest source to the strongest.
struct SettingsBuilder {
  Settings settings;

  void apply_request_for_tracing() {
    settings.enabled = {true, "asked for"};
    settings.sampling = {trace::Rate::always(), "asked for"};
  }

  // A value of the file that must be a plain word or number; text in quotes is another type.
  template <typename T, typename Parse>
  static core::Status store_yaml(Sourced<T>& to, const std::optional<YamlValue>& value,
                                 std::string_view key, std::string_view file, bool plain,
                                 Parse parse) {
    if (!value) return core::ok();
    const std::string source = fmt::format("{}:{}", core::visible(file), value->line);
    const std::string prefix = fmt::format("{}: {}", source, key);
    if (plain && value->quoted) {
      return bad(
          fmt::format("{}: {} is text; write it without quotes", prefix, quote(value->text)));
    }
    return store(to, value->text, source, prefix, parse);
  }

  core::Status apply_yaml(std::string_view text, std::string_view name) {
    const auto yaml = read_yaml(text, name);
    if (!yaml) return core::fail(yaml.error());
    if (auto s = store_yaml(settings.enabled, yaml->enabled, "enabled", name, true, parse_enabled);
        !s) {
      return s;
    }
    if (auto s = store_yaml(settings.exporters, yaml->exporter, "exporter", name, false,
                            parse_exporters);
        !s) {
      return s;
    }
    if (auto s = store_yaml(settings.sampling, yaml->sampling_rate, "sampling_rate", name, true,
                            parse_sampling);
        !s) {
      return s;
    }
    return store_yaml(settings.endpoint, yaml->endpoint, "endpoint", name, false, parse_endpoint);
  }

  core::Status apply_file(const Sources& sources) {
    auto text = core::read_file(sources.file, kMaxYamlBytes);
    if (text) return apply_yaml(*text, sources.file);
    core::Error error = std::move(text.error());
    if (error.code == Code::not_found && !sources.file_required) return core::ok();
    if (error.code != Code::permission_denied) error.code = Code::invalid_argument;
    error.message = core::visible(error.message);
    return core::fail(std::move(error).while_("settings"));
  }

  void apply_environment(const core::Env& env) {
    if (auto name = env.get_non_empty("OTEL_SERVICE_NAME")) {
      settings.service_name = {std::move(*name), "OTEL_SERVICE_NAME"};
    }
  }

  // The environment is stronger than the file, and its addresses are read by the exporter.
  void prefer_environment_of_otlp(const core::Env& env) {
    if (!exports_to(Exporter::otlp)) return;
    for (const char* name : {"OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", "OTEL_EXPORTER_OTLP_ENDPOINT"}) {
      if (!env.get_non_empty(name)) continue;
      if (!exports_to(Exporter::xray)) settings.endpoint = {std::nullopt, name};
      return;
    }
  }

  [[nodiscard]] bool exports_to(Exporter exporter) const {
    return std::ranges::find(settings.exporters.value, exporter) != settings.exporters.value.end();
  }

  // One address cannot be X-Ray's and a collector's.
  [[nodiscard]] core::Status check_endpoint() const {
    if (!settings.endpoint.value || !exports_to(Exporter::xray) || !exports_to(Exporter::otlp)) {
      return core::ok();
    }
    return bad(
        fmt::format("{}: endpoint: with exporters xray and otlp it is not clear whose it is; set "
                    "OTEL_EXPORTER_OTLP_ENDPOINT and AWS_ENDPOINT_URL_XRAY instead",
                    settings.endpoint.source));
  }

  template <typename T, typename Parse>
  static core::Status store_flag(Sourced<T>& to, const std::optional<std::string>& value,
                                 std::string flag, Parse parse) {
    if (!value) return core::ok();
    return store(to, *value, flag, flag, parse);
  }

  core::Status apply_flags(const Flags& flags) {
    if (auto s = store_flag(settings.exporters, flags.exporter, "--exporter", parse_exporters);
        !s) {
      return s;
    }
    if (auto s = store_flag(settings.sampling, flags.sampling, "--sampling", parse_sampling); !s) {
      return s;
    }
    return store_flag(settings.endpoint, flags.endpoint, "--endpoint", parse_endpoint);
  }
};

std::string_view to_string(Exporter exporter) {
  return kExporterNames[static_cast<std::size_t>(exporter)];
}

core::Result<Settings> resolve(const Sources& sources, const core::Env& env) {
  SettingsBuilder builder;
  if (sources.asked_for_tracing) builder.apply_request_for_tracing();
  if (auto s = builder.apply_file(sources); !s) return core::fail(std::move(s.error()));
  builder.apply_environment(env);
  if (auto s = builder.apply_flags(sources.flags); !s) return core::fail(std::move(s.error()));
  if (!sources.flags.endpoint) builder.prefer_environment_of_otlp(env);
  if (auto s = builder.check_endpoint(); !s) return core::fail(std::move(s.error()));
  return std::move(builder.settings);
}

core::Status check_yaml(std::string_view text, std::string_view name) {
  return SettingsBuilder().apply_yaml(text, name);
}

}  // namespace spawn::config
