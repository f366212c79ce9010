// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
#include "otel/settings.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <utility>

#include "core/text.h"
#include "core/version.h"
#include "trace/attributes.h"

namespace spawn::otel {
namespace {

namespace key = trace::key;

class Reader {
 public:
  Reader(const core::Env& env, std::vector<std::string>& notes) : env_(env), notes_(notes) {}

  [[nodiscard]] std::optional<std::string> text(const char* name) const {
    return env_.get_non_empty(name);
  }
  void note(const char* name, std::string_view value, std::string_view expected) {
    constexpr std::size_t kShown = 60;
    notes_.push_back(fmt::format("{}: '{}' is ignored: {}", name,
                                 core::visible(core::utf8_prefix(value, kShown)), expected));
  }
  // Only "true" is true, in any case.
  bool truth(const char* name) {
    const auto found = text(name);
    if (!found) return false;
    const bool yes = core::iequals(*found, "true");
    if (!yes && !core::iequals(*found, "false")) note(name, *found, "expected true or false");
    return yes;
  }
  // Not over `most`, and said when it was.
  std::optional<std::size_t> number(const char* name, std::int64_t least, std::int64_t most) {
    const auto found = text(name);
    if (!found) return std::nullopt;
    const auto value = core::parse_int(core::trim(*found));
    if (!value || *value < least) {
      note(name, *found, fmt::format("expected a whole number from {}", least));
      return std::nullopt;
    }
    if (*value > most) {
      notes_.push_back(
          fmt::format("{}: {} is more than there is room for; it is {}", name, *value, most));
    }
    return static_cast<std::size_t>(std::min(*value, most));
  }

 private:
  const core::Env& env_;
  std::vector<std::string>& notes_;
};

// A probability; not set or no such thing: 1 ("Known values for OTEL_TRACES_SAMPLER").
trace::Rate ratio(Reader& read) {
  constexpr const char* kName = "OTEL_TRACES_SAMPLER_ARG";
  const auto found = read.text(kName);
  if (!found) return trace::Rate::always();
  const auto value = core::parse_double(core::trim(*found));
  const auto rate = value ? trace::Rate::from(*value) : std::nullopt;
  if (!rate) read.note(kName, *found, "expected a probability from 0 to 1");
  return rate.value_or(trace::Rate::always());
}

void read_sampler(Reader& read, Settings& settings) {
  constexpr const char* kName = "OTEL_TRACES_SAMPLER";
  constexpr std::string_view kParentBased = "parentbased_";
  const auto found = read.text(kName);
  if (!found) return;
  const std::string typed = core::to_lower(core::trim(*found));
  const bool parent_based = typed.starts_with(kParentBased);
  const std::string_view root =
      std::string_view(typed).substr(parent_based ? kParentBased.size() : 0);
  if (root == "always_on") {
    settings.rate = trace::Rate::always();
  } else if (root == "always_off") {
    settings.rate = trace::Rate::never();
  } else if (root == "traceidratio") {
    settings.rate = ratio(read);
  } else {
    read.note(kName, *found,
              "expected always_on, always_off or traceidratio, or one of them behind parentbased_");
    return;
  }
  settings.parent_based = parent_based;
}

// "Attribute Limits" and "Span Limits": what is said of spans comes before what is said of all.
void read_limits(Reader& read, Settings& settings) {
  SpanLimits limits;
  const auto set = [&](std::size_t& limit, std::initializer_list<const char*> names) {
    const auto most = static_cast<std::int64_t>(
        std::min<std::size_t>(limit, std::numeric_limits<std::int64_t>::max()));
    for (const char* name : names) {
      if (const auto value = read.number(name, 0, most)) {
        limit = *value;
        return;
      }
    }
  };
  set(limits.attributes, {"OTEL_SPAN_ATTRIBUTE_COUNT_LIMIT", "OTEL_ATTRIBUTE_COUNT_LIMIT"});
  set(limits.characters,
      {"OTEL_SPAN_ATTRIBUTE_VALUE_LENGTH_LIMIT", "OTEL_ATTRIBUTE_VALUE_LENGTH_LIMIT"});
  set(limits.events, {"OTEL_SPAN_EVENT_COUNT_LIMIT"});
  set(limits.links, {"OTEL_SPAN_LINK_COUNT_LIMIT"});
  set(limits.attributes_of_event, {"OTEL_EVENT_ATTRIBUTE_COUNT_LIMIT"});
  set(limits.attributes_of_link, {"OTEL_LINK_ATTRIBUTE_COUNT_LIMIT"});
  if (limits != SpanLimits()) settings.limits = limits;
}

// "Batch Span Processor". Without them the engine's own defaults, which are X-Ray's.
void read_batching(Reader& read, Settings& settings) {
  constexpr std::int64_t kMostMs = 24LL * 60 * 60 * 1000;
  constexpr std::int64_t kMostSlots = 1 << 16;  // of 512 bytes each
  telemetry::Options& engine = settings.engine;
  if (const auto ms = read.number("OTEL_BSP_SCHEDULE_DELAY", 0, kMostMs)) {
    engine.schedule_delay = std::chrono::milliseconds(*ms);
  }
  if (const auto ms = read.number("OTEL_BSP_EXPORT_TIMEOUT", 0, kMostMs)) {
    engine.export_timeout = std::chrono::milliseconds(*ms);
  }
  if (const auto slots = read.number("OTEL_BSP_MAX_QUEUE_SIZE", 1, kMostSlots)) {
    engine.queue_slots = *slots;
  }
  const auto slots = static_cast<std::int64_t>(engine.queue_slots);
  if (const auto spans = read.number("OTEL_BSP_MAX_EXPORT_BATCH_SIZE", 1, slots)) {
    engine.batch_spans = *spans;
    engine.trace_spans = *spans;
  }
  engine.batch_spans = std::min(engine.batch_spans, engine.queue_slots);
}

// Exactly %XX, or nothing.
std::optional<std::string> decoded(std::string_view text) {
  for (std::size_t at = text.find('%'); at != std::string_view::npos; at = text.find('%', at + 1)) {
    constexpr std::string_view kHex = "0123456789abcdefABCDEF";
    if (at + 2 >= text.size() || kHex.find(text[at + 1]) == std::string_view::npos ||
        kHex.find(text[at + 2]) == std::string_view::npos) {
      return std::nullopt;
    }
  }
  return core::percent_decode(text);
}

using Pairs = std::vector<std::pair<std::string, std::string>>;

// https://opentelemetry.io/docs/specs/otel/resource/sdk/#specifying-resource-information-via-an-environment-variable:
// key=value, with commas; all or, when anything is wrong, nothing of it.
std::optional<Pairs> attribute_pairs(std::string_view list) {
  Pairs pairs;
  for (const std::string_view part : core::split(list, ',')) {
    if (core::trim(part).empty()) continue;
    const auto at = part.find('=');
    if (at == std::string_view::npos) return std::nullopt;
    auto name = decoded(core::trim(part.substr(0, at)));
    auto value = decoded(core::trim(part.substr(at + 1)));
    if (!name || name->empty() || !value) return std::nullopt;
    pairs.emplace_back(std::move(*name), std::move(*value));
  }
  return pairs;
}

void read_resource(Reader& read, std::string_view program, Settings& settings) {
  constexpr const char* kName = "OTEL_RESOURCE_ATTRIBUTES";
  trace::Resource& resource = settings.resource;
  resource.set(key::kServiceName, fmt::format("unknown_service:{}", program));
  resource.set(key::kSdkName, std::string("spawn"));
  resource.set(key::kSdkLanguage, std::string("cpp"));
  resource.set(key::kSdkVersion, std::string(core::version()));
  if (const auto list = read.text(kName)) {
    const auto pairs = attribute_pairs(*list);
    if (!pairs) read.note(kName, *list, "expected key=value,… with %XX for other characters");
    for (const auto& [name, value] : pairs.value_or(Pairs())) resource.set(name, value);
  }
  if (auto name = read.text("OTEL_SERVICE_NAME")) resource.set(key::kServiceName, std::move(*name));
}

}  // namespace

Settings settings_from(const core::Env& env, std::string_view program,
                       std::vector<std::string>& notes) {
  Settings settings;
  Reader read(env, notes);
  settings.disabled = read.truth("OTEL_SDK_DISABLED");
  read_resource(read, program, settings);
  read_sampler(read, settings);
  read_limits(read, settings);
  read_batching(read, settings);
  return settings;
}

}  // namespace spawn::otel
