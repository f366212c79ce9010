// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
#include "otelconfig/yaml.h"

#include <fmt/format.h>
#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/yaml.h>

#include <algorithm>
#include <charconv>
#include <limits>
#include <sstream>
#include <utility>

#include "core/text.h"
#include "otelconfig/substitution.h"

namespace spawn::otelconfig {
namespace {

constexpr std::size_t kMaxNodes = 20'000;
constexpr std::size_t kMaxTextBytes = 16U << 20;  // values and paths: an alias repeats both
constexpr int kMaxDepth = 64;                     // an alias may be below its own anchor
constexpr std::string_view kCoreTags = "tag:yaml.org,2002:";

tl::unexpected<core::Error> bad(std::string_view name, int line, std::string_view what) {
  return core::fail(core::Code::invalid_argument,
                    fmt::format("{}:{}: {}", core::visible(name), line, what));
}

bool is_one_of(std::string_view text, std::initializer_list<std::string_view> words) {
  return std::ranges::find(words, text) != words.end();
}

bool is_null_word(std::string_view text) {
  return is_one_of(text, {"", "~", "null", "Null", "NULL"});
}

// Looks for a second document, and does nothing else. yaml-cpp's LoadAll() is no way to find one:
// of text like ",): " it reads documents without end.
class OneDocument final : public YAML::EventHandler {
 public:
  // Of the second one; throws, so that no third is looked for.
  struct Second {
    int line;
  };

  void OnDocumentStart(const YAML::Mark& mark) override {
    if (std::exchange(begun_, true)) throw Second{mark.line + 1};
  }
  void OnDocumentEnd() override {}
  void OnNull(const YAML::Mark&, YAML::anchor_t) override {}
  void OnAlias(const YAML::Mark&, YAML::anchor_t) override {}
  void OnScalar(const YAML::Mark&, const std::string&, YAML::anchor_t,
                const std::string&) override {}
  void OnSequenceStart(const YAML::Mark&, const std::string&, YAML::anchor_t,
                       YAML::EmitterStyle::value) override {}
  void OnSequenceEnd() override {}
  void OnMapStart(const YAML::Mark&, const std::string&, YAML::anchor_t,
                  YAML::EmitterStyle::value) override {}
  void OnMapEnd() override {}

 private:
  bool begun_ = false;
};

class TreeMaker {
 public:
  TreeMaker(std::string_view name, const core::Env& env) : name_(name), env_(env) {}

  core::Result<Node> make(const YAML::Node& from, std::string path, int line_above) {
    Node node;
    node.line = from.Mark().is_null() ? line_above : from.Mark().line + 1;
    node.path = std::move(path);
    text_bytes_ += node.path.size();
    if (++nodes_ > kMaxNodes || text_bytes_ > kMaxTextBytes || depth_ > kMaxDepth) {
      return bad(name_, node.line, "more in one file, or deeper, than any configuration is");
    }
    core::Status made = core::ok();
    ++depth_;
    if (from.IsScalar()) made = fill_scalar(from, node);
    if (from.IsSequence()) made = fill_list(from, node);
    if (from.IsMap()) made = fill_map(from, node);
    --depth_;
    if (!made) return core::fail(std::move(made.error()));
    return node;
  }

 private:
  core::Status fill_scalar(const YAML::Node& from, Node& node) {
    std::string_view tag = from.Tag();
    if (tag.starts_with(kCoreTags)) tag.remove_prefix(kCoreTags.size());
    if (!is_one_of(tag, {"", "?", "!", "str", "int", "float", "bool", "null"})) {
      return bad(name_, node.line,
                 fmt::format("the tag '{}' is not understood", core::visible(from.Tag())));
    }
    node.is_text = tag == "!" || tag == "str";
    node.written = from.Scalar();
    auto text = substitute(node.written, env_);
    if (!text) return bad(name_, node.line, text.error().message);
    node.text = std::move(*text);
    text_bytes_ += node.text.size() + node.written.size();
    node.kind = !node.is_text && is_null_word(node.text) ? Node::Kind::null : Node::Kind::scalar;
    return core::ok();
  }

  core::Status fill_list(const YAML::Node& from, Node& node) {
    node.kind = Node::Kind::list;
    for (const YAML::Node& item : from) {
      auto made = make(item, fmt::format("{}[{}]", node.path, node.items.size()), node.line);
      if (!made) return core::fail(std::move(made.error()));
      node.items.push_back(std::move(*made));
    }
    return core::ok();
  }

  core::Status fill_map(const YAML::Node& from, Node& node) {
    node.kind = Node::Kind::map;
    for (const auto& member : from) {
      const int line = member.first.Mark().line + 1;
      if (!member.first.IsScalar()) return bad(name_, line, "a key is no text; expected a name");
      const std::string& key = member.first.Scalar();
      if (node.find(key) != nullptr) {
        return bad(name_, line, fmt::format("'{}' is there twice", core::visible(key)));
      }
      auto made = make(member.second, node.path.empty() ? key : node.path + "." + key, line);
      if (!made) return core::fail(std::move(made.error()));
      // Of a value over several lines, or of an alias, the key's line says more.
      made->line = line;
      made->key = key;
      node.members.push_back(std::move(*made));
    }
    return core::ok();
  }

  std::string_view name_;
  const core::Env& env_;
  std::size_t nodes_ = 0;
  std::size_t text_bytes_ = 0;
  int depth_ = 0;
};

// The digits of the whole text in that base.
std::optional<std::int64_t> digits(std::string_view text, int base) {
  std::int64_t value = 0;
  const char* const end = text.data() + text.size();
  const auto [at, error] = std::from_chars(text.data(), end, value, base);
  if (text.empty() || text.front() == '-' || at != end || error != std::errc()) return std::nullopt;
  return value;
}

}  // namespace

const Node* Node::find(std::string_view wanted) const {
  const auto found = std::ranges::find(members, wanted, &Node::key);
  return found == members.end() ? nullptr : &*found;
}

std::optional<bool> Node::boolean() const {
  if (is_text) return std::nullopt;
  if (is_one_of(text, {"true", "True", "TRUE"})) return true;
  if (is_one_of(text, {"false", "False", "FALSE"})) return false;
  return std::nullopt;
}

std::optional<std::int64_t> Node::integer() const {
  if (is_text) return std::nullopt;
  const std::string_view all = text;
  if (all.starts_with("0x")) return digits(all.substr(2), 16);
  if (all.starts_with("0o")) return digits(all.substr(2), 8);
  const bool minus = all.starts_with('-');
  const auto value = digits(all.substr(minus || all.starts_with('+') ? 1 : 0), 10);
  return value && minus ? -*value : value;
}

std::optional<double> Node::number() const {
  if (const auto whole = integer()) return static_cast<double>(*whole);
  if (is_text) return std::nullopt;
  const std::string_view unsigned_text =
      std::string_view(text).substr(text.starts_with('-') || text.starts_with('+') ? 1 : 0);
  if (is_one_of(unsigned_text, {".inf", ".Inf", ".INF"})) {
    const double infinity = std::numeric_limits<double>::infinity();
    return text.starts_with('-') ? -infinity : infinity;
  }
  if (is_one_of(text, {".nan", ".NaN", ".NAN"})) return std::numeric_limits<double>::quiet_NaN();
  if (unsigned_text.find_first_not_of("0123456789.eE+-") != std::string_view::npos ||
      unsigned_text.find_first_of("+-") == 0) {
    return std::nullopt;
  }
  const auto value = core::parse_double(unsigned_text);
  return value && text.starts_with('-') ? -*value : value;
}

bool Node::is_string() const {
  return kind == Kind::scalar && (is_text || (!boolean() && !number()));
}

core::Result<Node> read_yaml(std::string_view text, std::string_view name, const core::Env& env) {
  if (text.size() > kMaxYamlBytes) {
    return bad(name, 1, fmt::format("larger than {} bytes", kMaxYamlBytes));
  }
  try {
    const std::string whole(text);
    std::istringstream stream(whole);
    YAML::Parser parser(stream);
    OneDocument only;
    while (parser.HandleNextDocument(only)) {
    }
    return TreeMaker(name, env).make(YAML::Load(whole), "", 1);
  } catch (const OneDocument::Second& second) {
    return bad(name, second.line, "a second document; expected one");
  } catch (const YAML::Exception& error) {
    return bad(name, error.mark.line + 1, "not valid YAML: " + core::visible(error.msg));
  } catch (const std::exception& error) {
    return bad(name, 1, "not readable as YAML: " + core::visible(error.what()));
  }
}

}  // namespace spawn::otelconfig
