// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
#include "config/yaml_file.h"

#include <fmt/format.h>
#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/yaml.h>

#include <algorithm>
#include <optional>
#include <set>
#include <sstream>
#include <utility>
#include <vector>

#include "config/filter.h"
#include "config/keys.h"
#include "core/text.h"

namespace spawn::config {
namespace {

// Below the filter, whose parts may stand in a map: the rest of the path, or "".
std::string_view in_filter(std::string_view path) {
  if (!path.starts_with(kFilterYaml) || path.size() == kFilterYaml.size() ||
      path[kFilterYaml.size()] != '.') {
    return {};
  }
  return path.substr(kFilterYaml.size() + 1);
}

bool is_filter_part(std::string_view path) {
  const std::string_view rest = in_filter(path);
  const std::string_view name = rest.substr(rest.rfind('.') + 1);
  return std::ranges::find(filter_parts(), name) != filter_parts().end();
}

// What may follow on a path: "" → launch, observability, …; "observability" → tracing, ….
std::vector<std::string_view> names_below(std::string_view path) {
  std::vector<std::string_view> names;
  if (path == kFilterYaml || !in_filter(path).empty()) {
    names.assign(filter_parts().begin(), filter_parts().end());
  }
  if (path == kFilterYaml) {
    for (const Exporter one :
         {Exporter::xray, Exporter::stdout_, Exporter::otlp, Exporter::local}) {
      names.push_back(to_string(one));
    }
  }
  for (const Key& key : keys()) {
    std::string_view rest = key.yaml;
    if (!path.empty()) {
      if (!rest.starts_with(path) || rest[path.size()] != '.') continue;
      rest.remove_prefix(path.size() + 1);
    }
    const std::string_view name = rest.substr(0, rest.find('.'));
    if (names.empty() || names.back() != name) names.push_back(name);
  }
  return names;
}

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

std::string in_map(std::string_view path) {
  return path.empty() ? "at the top" : fmt::format("in {}", path);
}

std::string unknown_key(const std::string& key, std::string_view map) {
  const std::vector<std::string_view> known = names_below(map);
  std::string what = fmt::format("unknown key '{}' {}; ", cut(key), in_map(map));
  if (const auto near = core::nearest(key, known))
    return what + fmt::format("did you mean '{}'?", *near);
  return what + fmt::format("expected {}", fmt::join(known, ", "));
}

std::string join(std::string_view map, std::string_view key) {
  return map.empty() ? std::string(key) : fmt::format("{}.{}", map, key);
}

// Where a key or value begins; from 0.
struct Place {
  std::size_t line;
  std::size_t column;
};
struct Places {
  std::map<std::string, Place, std::less<>> keys;
  std::map<std::string, Place, std::less<>> values;  // not of empty ones
};

// Follows the parser's events along the paths there are.
class Reader final : public YAML::EventHandler {
 public:
  Reader(YamlValues& to, Places& places) : to_(to), places_(places) {}

  void OnDocumentStart(const YAML::Mark& mark) override {
    if (++documents_ > 1) refuse(mark, "a second document; expected one");
  }
  void OnDocumentEnd() override {}

  void OnNull(const YAML::Mark& mark, YAML::anchor_t) override {
    if (at_key()) refuse(mark, "a key is missing before ':'");
    if (list_) refuse(mark, fmt::format("an entry of {} is empty", last_name()));
    // A map whose keys are all commented out is as good as absent; and so is an empty file.
    if (at_value() && !is_filter_part(path_)) to_[path_] = {"", line_of(mark), false};
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
    if (!at_value()) {
      refuse(mark, fmt::format("{} has the value '{}'; expected {} below it",
                               path_.empty() ? "the file" : path_, cut(value),
                               fmt::join(names_below(path_), ", ")));
    }
    if (list_) {
      list_->push_back(value);
      return;
    }
    if (is_filter_part(path_)) {
      add_filter_part(mark, {value});
    } else {
      to_[path_] = {value, line_of(mark), quoted};
      places_.values[path_] = place_of(mark);
    }
    value_done();
  }

  void OnMapStart(const YAML::Mark& mark, const std::string&, YAML::anchor_t,
                  YAML::EmitterStyle::value) override {
    if (at_key()) refuse(mark, "a key is a map; expected a name");
    if (list_) refuse(mark, fmt::format("an entry of {} is a map; expected text", last_name()));
    if (at_value() && path_ != kFilterYaml) {
      refuse(mark, fmt::format("{} is a map; expected one value", last_name()));
    }
    maps_.push_back({path_, {}});
  }
  void OnMapEnd() override {
    maps_.pop_back();
    value_done();
  }

  void OnSequenceStart(const YAML::Mark& mark, const std::string&, YAML::anchor_t,
                       YAML::EmitterStyle::value) override {
    if (path_ == "observability.tracing.exporter") {
      refuse(mark, "exporter is a list; expected text, several names with commas: xray, stdout");
    }
    if (list_ || !is_filter_part(path_) || last_name() == "replacement") {
      refuse(mark, "a list where none is expected");
    }
    list_.emplace();
    list_mark_ = mark;
  }
  void OnSequenceEnd() override {
    const std::vector<std::string> values = *std::exchange(list_, std::nullopt);
    if (!values.empty()) add_filter_part(list_mark_, values);
    value_done();
  }

  void OnAlias(const YAML::Mark& mark, YAML::anchor_t) override {
    refuse(mark, "an alias (*name); write the value itself");
  }

 private:
  struct Map {
    std::string path;
    std::set<std::string> seen;
  };

  [[noreturn]] static void refuse(const YAML::Mark& mark, std::string what) {
    throw Refusal{line_of(mark), std::move(what)};
  }
  static int line_of(const YAML::Mark& mark) { return mark.line + 1; }
  static Place place_of(const YAML::Mark& mark) {
    return {static_cast<std::size_t>(mark.line), static_cast<std::size_t>(mark.column)};
  }

  // Directly in a map: what comes next is a key. path_ then is the map's own.
  [[nodiscard]] bool at_key() const { return !maps_.empty() && maps_.back().path == path_; }
  [[nodiscard]] bool at_value() const {
    return find_yaml_key(path_) != nullptr || is_filter_part(path_);
  }
  [[nodiscard]] std::string last_name() const { return path_.substr(path_.rfind('.') + 1); }

  void enter(const YAML::Mark& mark, const std::string& key) {
    bool known = false;
    for (const std::string_view name : names_below(path_)) known = known || name == key;
    if (!known) refuse(mark, unknown_key(key, path_));
    if (!maps_.back().seen.insert(key).second) {
      refuse(mark, fmt::format("'{}' is there twice {}", key, in_map(path_)));
    }
    path_ = join(path_, key);
    places_.keys[path_] = place_of(mark);
  }
  // As the setting's one text has it.
  void add_filter_part(const YAML::Mark& mark, const std::vector<std::string>& values) {
    const std::string part = filter_part(in_filter(path_), values);
    if (const auto good = check_value(*find_yaml_key(kFilterYaml), part); !good) {
      refuse(mark, fmt::format("{}: {}", last_name(), good.error().message));
    }
    YamlValue& filter =
        to_.try_emplace(std::string(kFilterYaml), YamlValue{"", line_of(mark), false})
            .first->second;
    if (!filter.text.empty()) filter.text += "; ";
    filter.text += part;
  }
  void value_done() {
    const std::size_t dot = path_.rfind('.');
    path_.resize(dot == std::string::npos ? 0 : dot);
  }

  YamlValues& to_;
  Places& places_;
  int documents_ = 0;
  std::string path_;  // of the key whose value comes; of the map, when a key comes
  std::vector<Map> maps_;
  std::optional<std::vector<std::string>> list_;  // that is being read
  YAML::Mark list_mark_;
};

tl::unexpected<core::Error> bad_yaml(std::string_view name, int line, std::string_view what) {
  return core::fail(core::Code::invalid_argument,
                    fmt::format("{}:{}: {}", core::visible(name), line, what));
}

core::Status parse(std::string_view text, std::string_view name, YamlValues& values,
                   Places& places) {
  if (text.size() > kMaxYamlBytes) {
    return core::fail(core::Code::invalid_argument,
                      fmt::format("{}: larger than {} bytes", core::visible(name), kMaxYamlBytes));
  }
  try {
    std::istringstream stream{std::string(text)};
    YAML::Parser parser(stream);
    Reader reader(values, places);
    while (parser.HandleNextDocument(reader)) {
    }
    return core::ok();
  } catch (const Refusal& refusal) {
    return bad_yaml(name, refusal.line, refusal.what);
  } catch (const YAML::Exception& error) {
    return bad_yaml(name, error.mark.line + 1, "not valid YAML: " + core::visible(error.msg));
  } catch (const std::exception& error) {
    return bad_yaml(name, 1, "not readable as YAML: " + core::visible(error.what()));
  }
}

std::vector<std::string> lines_of(std::string_view text) {
  std::vector<std::string> lines;
  for (const std::string_view line : core::split(text, '\n')) lines.emplace_back(line);
  if (!lines.empty() && lines.back().empty()) lines.pop_back();
  return lines;
}

// Behind the scalar that begins at `column`: its closing quote, or where the comment or line ends.
std::size_t end_of_scalar(std::string_view line, std::size_t column) {
  const char first = column < line.size() ? line[column] : ' ';
  if (first == '"' || first == '\'') {
    for (std::size_t at = column + 1; at < line.size(); ++at) {
      if (first == '"' && line[at] == '\\') {
        ++at;
      } else if (line[at] == first) {
        return at + 1;
      }
    }
    return line.size();
  }
  const std::size_t comment = std::min(line.find(" #", column), line.size());
  const std::string_view scalar = line.substr(column, comment - column);
  return column + scalar.substr(0, scalar.find_last_not_of(" \t\r") + 1).size();
}

// `path` is a key that is there.
void change_value(std::vector<std::string>& lines, const Places& places, std::string_view path,
                  std::string_view value) {
  if (const auto at = places.values.find(path); at != places.values.end()) {
    std::string& line = lines[at->second.line];
    const std::size_t begin = std::min(at->second.column, line.size());
    line.replace(begin, end_of_scalar(line, begin) - begin, value);
    return;
  }
  // A key without a value: behind its colon.
  const Place& key = places.keys.find(path)->second;
  std::string& line = lines[key.line];
  const std::size_t colon = line.find(':', std::min(key.column, line.size()));
  if (colon != std::string::npos) line.insert(colon + 1, fmt::format(" {}", value));
}

// Below the nearest map that is there, as its first lines; at the end of the file without one.
void add_value(std::vector<std::string>& lines, const Places& places, std::string_view path,
               std::string_view value) {
  std::string_view map = path.substr(0, std::max<std::size_t>(path.rfind('.'), 0));
  if (path.find('.') == std::string_view::npos) map = {};
  while (!map.empty() && !places.keys.contains(map)) {
    const std::size_t dot = map.rfind('.');
    map = dot == std::string_view::npos ? std::string_view() : map.substr(0, dot);
  }
  std::size_t indent = 0;
  std::size_t at = lines.size();
  if (!map.empty()) {
    const Place& parent = places.keys.find(map)->second;
    at = parent.line + 1;
    indent = parent.column + 2;
    for (const auto& [key, place] : places.keys) {  // as its other keys are indented
      if (key.starts_with(fmt::format("{}.", map))) {
        indent = place.column;
        break;
      }
    }
  }
  const std::string_view rest = map.empty() ? path : path.substr(map.size() + 1);
  std::vector<std::string> added;
  const std::vector<std::string_view> names = core::split(rest, '.');
  for (std::size_t i = 0; i < names.size(); ++i) {
    added.push_back(fmt::format("{:{}}{}:{}{}", "", indent + 2 * i, names[i],
                                i + 1 == names.size() ? " " : "",
                                i + 1 == names.size() ? value : ""));
  }
  lines.insert(lines.begin() + static_cast<std::ptrdiff_t>(std::min(at, lines.size())),
               added.begin(), added.end());
}

// Texts by path: what an edit may change in one place only.
std::map<std::string, std::string> texts(const YamlValues& values) {
  std::map<std::string, std::string> all;
  for (const auto& [path, value] : values) all[path] = value.text;
  return all;
}

}  // namespace

core::Result<YamlValues> read_yaml(std::string_view text, std::string_view name) {
  YamlValues values;
  Places places;
  if (auto parsed = parse(text, name, values, places); !parsed) {
    return core::fail(std::move(parsed.error()));
  }
  return values;
}

core::Result<std::string> edit_yaml(std::string_view text, std::string_view name,
                                    std::string_view path, std::string_view value) {
  YamlValues before;
  Places places;
  if (auto parsed = parse(text, name, before, places); !parsed) {
    return core::fail(std::move(parsed.error()));
  }
  std::vector<std::string> lines = lines_of(text);
  if (places.keys.contains(path)) {
    change_value(lines, places, path, value);
  } else {
    add_value(lines, places, path, value);
  }
  std::string edited = fmt::format("{}\n", fmt::join(lines, "\n"));

  // Whatever the file looked like: it is only right when nothing but this value changed.
  const auto meant = read_yaml(fmt::format("{}: {}\n", "instance_id", value), name);
  const auto after = read_yaml(edited, name);
  std::map<std::string, std::string> expected = texts(before);
  if (meant) expected[std::string(path)] = meant->at("instance_id").text;
  if (!meant || !after || texts(*after) != expected) {
    return core::fail(core::Code::invalid_argument,
                      fmt::format("{}: {} cannot be set in a file that is written like this; "
                                  "edit it by hand",
                                  core::visible(name), path));
  }
  return edited;
}

}  // namespace spawn::config
