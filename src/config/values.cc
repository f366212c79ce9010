// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
#include "config/values.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "config/duration.h"
#include "core/text.h"
#include "core/time_text.h"

namespace spawn::config {
namespace {

using core::Code;
using core::Result;

constexpr std::array<std::string_view, 5> kExporterNames = {"xray", "stdout", "otlp", "local",
                                                            "none"};
constexpr std::array<std::string_view, 5> kOnCompleteNames = {"nothing", "exit", "stop",
                                                              "hibernate", "terminate"};

constexpr std::string_view kRemote = "remote";

tl::unexpected<core::Error> bad(std::string_view what) {
  return core::fail(Code::invalid_argument, std::string(what));
}

Result<Exporter> parse_exporter(std::string_view name) {
  if (name == "jaeger") return Exporter::otlp;  // Jaeger takes OTLP
  const auto* const known = std::ranges::find(kExporterNames, name);
  if (known != kExporterNames.end()) {
    return static_cast<Exporter>(known - kExporterNames.begin());
  }
  const auto near = core::nearest(name, kExporterNames);
  if (near && !name.empty()) {
    return bad(fmt::format("{} is no exporter; did you mean '{}'?", quote(name), *near));
  }
  return bad(
      fmt::format("{} is no exporter; there are {}", quote(name), fmt::join(kExporterNames, ", ")));
}

}  // namespace

std::string_view to_string(Exporter exporter) {
  return kExporterNames[static_cast<std::size_t>(exporter)];
}

std::string_view to_string(OnComplete action) {
  return kOnCompleteNames[static_cast<std::size_t>(action)];
}

std::string quote(std::string_view text) {
  constexpr std::size_t kShown = 60;
  if (text.size() <= kShown) return "'" + core::visible(text) + "'";
  return "'" + core::visible(core::utf8_prefix(text, kShown)) + "…'";
}

Result<bool> parse_bool(std::string_view text) {
  if (text == "true") return true;
  if (text == "false") return false;
  return bad(quote(text) + " is neither true nor false");
}

Result<Sampling> parse_sampling(std::string_view text) {
  text = core::trim(text);
  if (text == kRemote) return Sampling{trace::Rate::always(), true};
  const auto number = core::parse_double(text);
  if (number) {
    if (const auto rate = trace::Rate::from(*number)) return Sampling{*rate, false};
  }
  std::string what =
      quote(text) + " is no sampling rate; expected a number from 0.0 to 1.0, or remote";
  if (number && *number > 1.0 && *number <= 100.0) {
    what += fmt::format(" ({} % is {:.6g})", *number, *number / 100);
  }
  return bad(what);
}

Result<Annotations> parse_annotations(std::string_view text) {
  using Annotate = trace::DocumentSettings::Annotate;
  if (core::trim(text) == "none") return Annotations{Annotate::none};
  if (core::trim(text) == "all") return Annotations{Annotate::all};
  auto keys = parse_names(text);
  if (!keys) return core::fail(std::move(keys.error()));
  return Annotations{Annotate::chosen, std::move(*keys)};
}

Result<std::vector<std::string>> parse_names(std::string_view text) {
  std::vector<std::string> names;
  if (core::trim(text).empty()) return names;
  for (const std::string_view part : core::split(text, ',')) {
    const std::string_view name = core::trim(part);
    if (name.empty() || !core::is_valid_utf8(name) || name.find('\0') != std::string_view::npos) {
      return bad(quote(text) + " is no list of names; write them with one comma between two");
    }
    names.emplace_back(name);
  }
  return names;
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

Result<std::optional<When>> parse_when(std::string_view text) {
  text = core::trim(text);
  if (text.empty()) return std::nullopt;
  if (text.front() == '+') {
    if (const auto after = parse_duration(text.substr(1))) return When{true, after->count()};
  } else if (const auto at = core::parse_rfc3339(text)) {
    return When{false, *at};
  }
  return bad(quote(text) +
             " is no point in time; expected one as 2026-01-02T15:04:05Z, or a length as +2h");
}

Result<std::optional<core::Nanos>> parse_optional_duration(std::string_view text) {
  text = core::trim(text);
  if (text.empty()) return std::nullopt;
  auto duration = parse_needed_duration(text);
  if (!duration) return core::fail(std::move(duration.error()));
  if (duration->count() == 0) return std::nullopt;
  return *duration;
}

Result<core::Nanos> parse_needed_duration(std::string_view text) {
  if (const auto duration = parse_duration(core::trim(text))) return *duration;
  return bad(quote(text) + " is no length of time; expected one as 90s, 30m, 1h30m or 2d");
}

Result<double> parse_percent(std::string_view text) {
  const auto number = core::parse_double(core::trim(text));
  if (number && *number >= 0 && *number <= 100) return *number;
  return bad(quote(text) + " is no share of the CPU; expected a number from 0 to 100 (percent)");
}

Result<OnComplete> parse_on_complete(std::string_view text) {
  const auto* const known = std::ranges::find(kOnCompleteNames, text);
  if (known != kOnCompleteNames.end()) {
    return static_cast<OnComplete>(known - kOnCompleteNames.begin());
  }
  return bad(fmt::format("{} is nothing to do when complete; there are {}", quote(text),
                         fmt::join(kOnCompleteNames, ", ")));
}

Result<std::string> parse_path(std::string_view text) {
  if (!text.empty() && text.front() == '/' && text.find('\0') == std::string_view::npos) {
    return std::string(text);
  }
  return bad(quote(text) + " is no absolute path");
}

Result<std::string> parse_text(std::string_view text) {
  if (core::is_valid_utf8(text) && text.find('\0') == std::string_view::npos) {
    return std::string(text);
  }
  return bad(quote(text) + " is no text (UTF-8)");
}

Result<std::optional<std::int64_t>> parse_count(std::string_view text) {
  text = core::trim(text);
  if (text.empty()) return std::nullopt;
  const auto number = core::parse_int(text);
  if (number && *number >= 0 && *number <= 1'000'000) return number;
  return bad(quote(text) + " is no whole number from 0 to 1000000");
}

Result<std::int64_t> parse_port(std::string_view text) {
  const auto number = core::parse_int(core::trim(text));
  if (number && *number >= 1 && *number <= 65535) return *number;
  return bad(quote(text) + " is no port; expected a number from 1 to 65535");
}

}  // namespace spawn::config
