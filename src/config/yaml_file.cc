// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
#include "config/yaml_file.h"

#include <fmt/format.h>
#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/yaml.h>

#include <array>
#include <set>
#include <span>
#include <sstream>
#include <vector>

#include "core/text.h"

namespace spawn::config {
namespace {

using Level = std::span<const std::string_view>;

constexpr std::array<std::string_view, 1> kTopKeys = {"observability"};
constexpr std::array<std::string_view, 1> kObservabilityKeys = {"tracing"};
constexpr std::array<std::string_view, 4> kTracingKeys = {"enabled", "exporter", "sampling_rate",
                                                          "endpoint"};
constexpr std::array<Level, 3> kLevels = {Level(kTopKeys), Level(kObservabilityKeys),
                                          Level(kTracingKeys)};
constexpr std::array<std::string_view, 3> kLevelNames = {"", "observability",
                                                         "observability.tracing"};

// Thrown to leave the parser, caught in read_yaml.
struct Refusal {
  int line;
  std::string what;
};

std::string cut(std::string_view text) {
  constexpr std::size_t kShown = 60;
  if (text.size() <= kShown) return core::visible(text);
  return core::visible(core::utf8_prefix(text, kShown)) + "…";
}

std::string in_level(std::size_t level) {
  return level == 0 ? "at the top" : fmt::format("in {}", kLevelNames[level]);
}

std::string unknown_key(const std::string& key, std::size_t level) {
  const Level known = kLevels[level];
  std::string what = fmt::format("unknown key '{}' {}; ", cut(key), in_level(level));
  if (const auto near = core::nearest(key, known))
    return what + fmt::format("did you mean '{}'?", *near);
  return what + fmt::format("expected {}", fmt::join(known, ", "));
}

// Follows the parser's events down the one path there is: top, observability, tracing, value.
class Reader final : public YAML::EventHandler {
 public:
  explicit Reader(YamlTracing& to) : to_(to) {}

  void OnDocumentStart(const YAML::Mark& mark) override {
    if (++documents_ > 1) refuse(mark, "a second document; expected one");
  }
  void OnDocumentEnd() override {}

  void OnNull(const YAML::Mark& mark, YAML::anchor_t) override {
    if (at_key()) refuse(mark, "a key is missing before ':'");
    // A level whose keys are all commented out is as good as absent; and so is an empty file.
    if (level_ == kLevels.size()) store({"", line_of(mark), false});
    value_done();
  }

  void OnScalar(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t,
                const std::string& value) override {
    const bool quoted = tag == "!";
    if (tag != "?" && !quoted)
      refuse(mark, fmt::format("the tag '{}' is not understood", cut(tag)));
    if (at_key()) {
      enter(mark, value);
      return;
    }
    if (level_ < kLevels.size()) {
      refuse(mark, fmt::format("{} has the value '{}'; expected {} below it",
                               level_ == 0 ? "the file" : kLevelNames[level_], cut(value),
                               fmt::join(kLevels[level_], ", ")));
    }
    store({value, line_of(mark), quoted});
    value_done();
  }

  void OnMapStart(const YAML::Mark& mark, const std::string&, YAML::anchor_t,
                  YAML::EmitterStyle::value) override {
    if (at_key()) refuse(mark, "a key is a map; expected a name");
    if (level_ == kLevels.size())
      refuse(mark, fmt::format("{} is a map; expected one value", key_));
    open_.push_back(level_);
    seen_.emplace_back();
  }
  void OnMapEnd() override {
    open_.pop_back();
    seen_.pop_back();
    value_done();
  }

  void OnSequenceStart(const YAML::Mark& mark, const std::string&, YAML::anchor_t,
                       YAML::EmitterStyle::value) override {
    if (level_ == kLevels.size() && key_ == "exporter") {
      refuse(mark, "exporter is a list; expected text, several names with commas: xray, stdout");
    }
    refuse(mark, "a list where none is expected");
  }
  void OnSequenceEnd() override {}

  void OnAlias(const YAML::Mark& mark, YAML::anchor_t) override {
    refuse(mark, "an alias (*name); write the value itself");
  }

 private:
  [[noreturn]] static void refuse(const YAML::Mark& mark, std::string what) {
    throw Refusal{line_of(mark), std::move(what)};
  }
  static int line_of(const YAML::Mark& mark) { return mark.line + 1; }

  // Directly in a map: what comes next is a key. level_ then is the map's own.
  [[nodiscard]] bool at_key() const { return !open_.empty() && open_.back() == level_; }

  void enter(const YAML::Mark& mark, const std::string& key) {
    bool known = false;
    for (const std::string_view candidate : kLevels[level_]) known = known || candidate == key;
    if (!known) refuse(mark, unknown_key(key, level_));
    if (!seen_.back().insert(key).second) {
      refuse(mark, fmt::format("'{}' is there twice {}", key, in_level(level_)));
    }
    key_ = key;
    ++level_;
  }
  void value_done() {
    if (level_ > 0) --level_;
  }

  void store(YamlValue value) {
    std::optional<YamlValue>* const to = key_ == "enabled"         ? &to_.enabled
                                         : key_ == "exporter"      ? &to_.exporter
                                         : key_ == "sampling_rate" ? &to_.sampling_rate
                                         : key_ == "endpoint"      ? &to_.endpoint
                                                                   : nullptr;
    if (to != nullptr) *to = std::move(value);
  }

  YamlTracing& to_;
  int documents_ = 0;
  std::size_t level_ = 0;  // how many keys deep we are
  std::string key_;        // the last one
  std::vector<std::size_t> open_;
  std::vector<std::set<std::string>> seen_;
};

tl::unexpected<core::Error> bad_yaml(std::string_view name, int line, std::string_view what) {
  return core::fail(core::Code::invalid_argument,
                    fmt::format("{}:{}: {}", core::visible(name), line, what));
}

}  // namespace

core::Result<YamlTracing> read_yaml(std::string_view text, std::string_view name) {
  if (text.size() > kMaxYamlBytes) {
    return core::fail(core::Code::invalid_argument,
                      fmt::format("{}: larger than {} bytes", core::visible(name), kMaxYamlBytes));
  }
  YamlTracing tracing;
  try {
    std::istringstream stream{std::string(text)};
    YAML::Parser parser(stream);
    Reader reader(tracing);
    while (parser.HandleNextDocument(reader)) {
    }
    return tracing;
  } catch (const Refusal& refusal) {
    return bad_yaml(name, refusal.line, refusal.what);
  } catch (const YAML::Exception& error) {
    return bad_yaml(name, error.mark.line + 1, "not valid YAML: " + core::visible(error.msg));
  } catch (const std::exception& error) {
    return bad_yaml(name, 1, "not readable as YAML: " + core::visible(error.what()));
  }
}

}  // namespace spawn::config
