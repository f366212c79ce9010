// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
#include "otelconfig/reading.h"

#include <fmt/format.h>

#include <algorithm>

#include "core/text.h"
#include "otelconfig/bounds.h"

namespace spawn::otelconfig {
namespace {

constexpr std::size_t kShown = 60;

std::string_view to_string(Node::Kind kind) {
  constexpr std::string_view kNames[] = {"nothing", "one value", "a list", "a map"};
  return kNames[static_cast<std::size_t>(kind)];
}

// The member, where it is and is not null.
const Node* present(const Node& map, std::string_view key) {
  const Node* const node = map.find(key);
  return node != nullptr && node->kind != Node::Kind::null ? node : nullptr;
}

}  // namespace

std::string shown(const Node& scalar) {
  const std::string quoted =
      fmt::format("'{}'", core::visible(core::utf8_prefix(scalar.written, kShown)));
  return scalar.written == scalar.text ? quoted : quoted + " (as substituted)";
}

std::string Reading::source(const Node& at) const {
  return fmt::format("{}:{}", core::visible(file_), at.line);
}

void Reading::fault(const Node& at, std::string_view what) {
  if (!status_) return;
  status_ = core::fail(core::Code::invalid_argument,
                       at.path.empty()
                           ? fmt::format("{}: {}", source(at), what)
                           : fmt::format("{}: {}: {}", source(at), core::visible(at.path), what));
}

void Reading::note(const Node& at, std::string_view what) {
  notes_.push_back(fmt::format("{}: {}: {}", source(at), core::visible(at.path), what));
}

bool Reading::is_map(const Node& node, std::initializer_list<std::string_view> keys) {
  if (node.kind != Node::Kind::map) {
    const std::string expected = keys.size() == 0
                                     ? std::string("nothing below it")
                                     : fmt::format("{} below it", fmt::join(keys, ", "));
    fault(node, fmt::format("{}; expected {}",
                            node.kind == Node::Kind::scalar ? shown(node)
                                                            : std::string(to_string(node.kind)),
                            expected));
    return false;
  }
  for (const Node& member : node.members) {
    if (std::ranges::find(keys, member.key) != keys.end()) continue;
    const auto near = core::nearest(member.key, {keys.begin(), keys.size()});
    std::string expected =
        keys.size() == 0 ? "expected none" : fmt::format("expected {}", fmt::join(keys, ", "));
    if (near) expected = fmt::format("did you mean '{}'?", *near);
    fault(member, "unknown key; " + expected);
    return false;
  }
  return true;
}

bool Reading::is_map_or_null(const Node& node, std::initializer_list<std::string_view> keys) {
  return node.kind == Node::Kind::null || is_map(node, keys);
}

std::optional<Reading::Choice> Reading::choice(const Node& node, std::string_view kinds) {
  if (node.kind == Node::Kind::map && node.members.size() == 1) {
    return Choice{node.members.front().key, &node.members.front()};
  }
  fault(node,
        node.kind == Node::Kind::map
            ? fmt::format("{} keys; expected one: {}", node.members.size(), kinds)
            : fmt::format("{}; expected a map with one key: {}", to_string(node.kind), kinds));
  return std::nullopt;
}

std::optional<std::string> Reading::text(const Node& map, std::string_view key) {
  const Node* const node = present(map, key);
  if (node == nullptr) return std::nullopt;
  if (node->is_string()) return node->text;
  // Not shown: it may be a header's value.
  fault(*node, node->kind == Node::Kind::scalar
                   ? "a number or a truth value; expected text: put it in quotes"
                   : fmt::format("{}; expected text", to_string(node->kind)));
  return std::nullopt;
}

std::optional<bool> Reading::boolean(const Node& map, std::string_view key) {
  const Node* const node = present(map, key);
  if (node == nullptr) return std::nullopt;
  const auto value = node->kind == Node::Kind::scalar ? node->boolean() : std::optional<bool>();
  if (!value) fault(*node, fmt::format("{}; expected true or false", shown(*node)));
  return value;
}

std::optional<std::int64_t> Reading::whole(const Node& map, std::string_view key,
                                           std::int64_t least, std::int64_t most) {
  const Node* const node = present(map, key);
  if (node == nullptr) return std::nullopt;
  const auto value =
      node->kind == Node::Kind::scalar ? node->integer() : std::optional<std::int64_t>();
  if (!value || *value < least) {
    fault(*node, fmt::format("{}; expected a whole number from {}{}", shown(*node), least,
                             node->is_text ? ", without quotes" : ""));
    return std::nullopt;
  }
  if (*value > most) {
    notes_.push_back(fmt::format("{}: {}", source(*node), bound_note(node->path, *value, most)));
  }
  return std::min(*value, most);
}

std::optional<double> Reading::probability(const Node& map, std::string_view key) {
  const Node* const node = present(map, key);
  if (node == nullptr) return std::nullopt;
  const auto value = node->kind == Node::Kind::scalar ? node->number() : std::optional<double>();
  if (value && *value >= 0 && *value <= 1) return value;
  fault(*node, fmt::format("{}; expected a probability from 0 to 1{}", shown(*node),
                           node->is_text ? ", without quotes" : ""));
  return std::nullopt;
}

std::span<const Node> Reading::items(const Node& map, std::string_view key) {
  const Node* const node = map.find(key);
  if (node == nullptr) return {};
  if (node->kind == Node::Kind::list && !node->items.empty()) return node->items;
  fault(*node,
        fmt::format("{}; expected a list of one at least",
                    node->kind == Node::Kind::list ? "an empty list" : to_string(node->kind)));
  return {};
}

}  // namespace spawn::otelconfig
