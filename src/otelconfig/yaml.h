// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
//
// A configuration file as a tree, variables substituted: nothing that a variable says can become a
// map, a list or a key. What is not there, and what is there and null, are different things. The
// type of a scalar is found after substitution, by YAML 1.2's core schema
// (https://yaml.org/spec/1.2.2/#103-core-schema). The only file of this room that knows yaml-cpp:
// its exceptions end here. Hostile input is bounded: a file of 1 MB, 20,000 nodes and 16 MB of text
// with aliases expanded.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/env.h"
#include "core/result.h"

namespace spawn::otelconfig {

inline constexpr std::size_t kMaxYamlBytes = 1U << 20;

struct Node {
  enum class Kind : std::uint8_t { null, scalar, list, map };
  Kind kind = Kind::null;
  int line = 1;
  std::string key;   // of a map's member
  std::string path;  // "tracer_provider.processors[0].batch"; "" for the whole file

  // Of a scalar. In quotes, or with the tag !!str, it is text whatever it says.
  std::string text;
  bool is_text = false;
  // As the file has it: what a variable says may be a secret, and is never shown.
  std::string written;

  std::vector<Node> items;
  std::vector<Node> members;

  [[nodiscard]] const Node* find(std::string_view wanted) const;

  // By the core schema; nothing when the scalar is no such thing.
  [[nodiscard]] std::optional<bool> boolean() const;
  [[nodiscard]] std::optional<std::int64_t> integer() const;
  [[nodiscard]] std::optional<double> number() const;  // integers, too
  // Text, and not what a bare word or number would be.
  [[nodiscard]] bool is_string() const;
};

// Code::invalid_argument, "NAME:LINE: what is wrong". Anchors and aliases are allowed, merge keys
// (<<), which YAML 1.2 does not have, are not.
core::Result<Node> read_yaml(std::string_view text, std::string_view name, const core::Env& env);

}  // namespace spawn::otelconfig
