// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
#include "config/filter.h"

#include <fmt/format.h>
#include <re2/re2.h>

#include <algorithm>
#include <array>
#include <memory>
#include <utility>
#include <vector>

#include "config/settings.h"
#include "config/values.h"
#include "core/text.h"

namespace spawn::config {
namespace {

constexpr std::string_view kPatterns = "patterns";
constexpr std::string_view kReplacement = "replacement";
constexpr std::array<std::string_view, 6> kParts = {"allow", "deny",    "mask",
                                                    "keep",  kPatterns, kReplacement};
constexpr std::array<std::vector<std::string> trace::FilterRules::*, 4> kLists = {
    &trace::FilterRules::allow, &trace::FilterRules::deny, &trace::FilterRules::mask,
    &trace::FilterRules::keep};

tl::unexpected<core::Error> bad(std::string what) {
  return core::fail(core::Code::invalid_argument, std::move(what));
}

RE2::Options quiet() {
  RE2::Options options;
  options.set_log_errors(false);
  return options;
}

// At semicolons that have no backslash before them.
std::vector<std::string_view> parts_of(std::string_view text) {
  std::vector<std::string_view> parts;
  std::size_t begin = 0;
  for (std::size_t i = 0; i <= text.size(); ++i) {
    if (i < text.size() && text[i] == '\\') {
      ++i;
    } else if (i == text.size() || text[i] == ';') {
      parts.push_back(core::trim(text.substr(begin, i - begin)));
      begin = i + 1;
    }
  }
  if (begin < text.size()) parts.push_back(core::trim(text.substr(begin)));
  std::erase(parts, "");
  return parts;
}

core::Status add_pattern(trace::FilterRules& rules, std::string_view pattern) {
  const RE2 compiled(re2::StringPiece(pattern.data(), pattern.size()), quiet());
  if (!compiled.ok()) {
    return bad(fmt::format("{} is no regular expression: {}", quote(pattern),
                           core::visible(compiled.error())));
  }
  if (RE2::FullMatch("", compiled)) {
    return bad(fmt::format("{} matches the empty text, which is everywhere", quote(pattern)));
  }
  rules.patterns.emplace_back(pattern);
  return core::ok();
}

core::Status add_part(trace::FilterRules& rules, std::string_view name, std::string_view value) {
  if (name == kPatterns) return add_pattern(rules, value);
  if (name == kReplacement) {
    auto text = parse_text(value);
    if (!text) return core::fail(std::move(text.error()));
    rules.replacement = std::move(*text);
    return core::ok();
  }
  const auto* const part = std::ranges::find(kParts, name);
  if (part == kParts.end()) {
    std::string what = fmt::format("{} is no part of a filter; ", quote(name));
    const auto near = core::nearest(name, kParts);
    what += near ? fmt::format("did you mean '{}'?", *near)
                 : fmt::format("there are {}", fmt::join(kParts, ", "));
    return bad(std::move(what));
  }
  auto keys = parse_names(value);
  if (!keys) return core::fail(std::move(keys.error()));
  auto& list = rules.*kLists[static_cast<std::size_t>(part - kParts.begin())];
  list.insert(list.end(), keys->begin(), keys->end());
  return core::ok();
}

// A backslash in it is no reference to a group.
bool replace_all(const RE2& pattern, std::string& text, const std::string& replacement) {
  std::string rewrite;
  for (const char c : replacement) rewrite += c == '\\' ? std::string("\\\\") : std::string(1, c);
  return RE2::GlobalReplace(&text, pattern, rewrite) > 0;
}

}  // namespace

core::Result<Filter> parse_filter(std::string_view text) {
  Filter filter;
  filter.text = core::trim(text);
  if (!core::is_valid_utf8(text)) return bad(quote(text) + " is no text (UTF-8)");
  for (const std::string_view part : parts_of(filter.text)) {
    const auto equals = part.find('=');
    if (equals == std::string_view::npos) {
      return bad(
          fmt::format("{} is no part of a filter; expected one as deny=KEY,KEY", quote(part)));
    }
    std::string_view name = core::trim(part.substr(0, equals));
    trace::FilterRules* rules = &filter.all;
    if (const auto dot = name.find('.'); dot != std::string_view::npos) {
      auto exporters = parse_exporters(name.substr(0, dot));
      if (!exporters) return core::fail(std::move(exporters.error()));
      if (exporters->size() > 1 || exporters->front() == Exporter::none) {
        return bad(fmt::format("{} is not one exporter", quote(name.substr(0, dot))));
      }
      rules = &filter.of[exporters->front()];
      name.remove_prefix(dot + 1);
    }
    if (auto added = add_part(*rules, name, core::trim(part.substr(equals + 1))); !added) {
      return core::fail(std::move(added.error()));
    }
  }
  return filter;
}

std::span<const std::string_view> filter_parts() { return kParts; }

std::string filter_part(std::string_view name, std::span<const std::string> values) {
  if (!name.ends_with(kPatterns)) return fmt::format("{}={}", name, fmt::join(values, ","));
  std::string text;
  for (const std::string& pattern : values) {
    if (!text.empty()) text += "; ";
    text += fmt::format("{}=", name);
    for (std::size_t i = 0; i < pattern.size(); ++i) {
      if (pattern[i] == ';') text += '\\';
      text += pattern[i];
      if (pattern[i] == '\\' && i + 1 < pattern.size()) text += pattern[++i];
    }
  }
  return text;
}

trace::AttributeFilter attribute_filter(const Filter& filter, Exporter exporter,
                                        std::optional<trace::SpanLimits> limits) {
  std::vector<trace::FilterRules> rules = {filter.all};
  if (const auto own = filter.of.find(exporter); own != filter.of.end()) {
    rules.push_back(own->second);
  }
  std::vector<trace::AttributeFilter::Pattern> patterns;
  for (const trace::FilterRules& one : rules) {
    for (const std::string& text : one.patterns) {
      patterns.emplace_back([compiled = std::make_shared<const RE2>(text, quiet())](
                                std::string& in, const std::string& replacement) {
        return replace_all(*compiled, in, replacement);
      });
    }
  }
  return {std::move(rules), std::move(patterns), limits};
}

}  // namespace spawn::config
