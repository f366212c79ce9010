// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
//
// Reading a configuration's tree by its schema: typed members of a map, and what is wrong with
// them. The first fault counts; reading goes on as if the member were not there, so that no reader
// needs a way out. A member that is null is as good as absent, unless its schema says otherwise.
// A message shows a value as the file has it: what a variable says may be a secret.
// https://opentelemetry.io/docs/specs/otel/configuration/sdk/#parse
#pragma once

#include <cstdint>
#include <initializer_list>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/result.h"
#include "otelconfig/yaml.h"

namespace spawn::otelconfig {

class Reading {
 public:
  // `file` is used in messages.
  Reading(std::string_view file, std::vector<std::string>& notes) : file_(file), notes_(notes) {}

  // "FILE:LINE: PATH: what".
  void fault(const Node& at, std::string_view what);
  // That something is not obeyed.
  void note(const Node& at, std::string_view what);
  [[nodiscard]] const core::Status& status() const { return status_; }
  [[nodiscard]] std::string source(const Node& at) const;  // "FILE:LINE"

  // A map with no other keys than these.
  bool is_map(const Node& node, std::initializer_list<std::string_view> keys);
  // The same, or null.
  bool is_map_or_null(const Node& node, std::initializer_list<std::string_view> keys);
  // The one member of a map that says by its name which of `kinds` it is; nothing after a fault.
  struct Choice {
    std::string_view name;
    const Node* node;
  };
  std::optional<Choice> choice(const Node& node, std::string_view kinds);

  // Of a map: the member of that key.
  std::optional<std::string> text(const Node& map, std::string_view key);
  std::optional<bool> boolean(const Node& map, std::string_view key);
  // Over `most` it is `most`, and that is noted.
  std::optional<std::int64_t> whole(const Node& map, std::string_view key, std::int64_t least,
                                    std::int64_t most);
  std::optional<double> probability(const Node& map, std::string_view key);
  // A list of one at least; empty when it is not there.
  std::span<const Node> items(const Node& map, std::string_view key);

 private:
  std::string file_;
  std::vector<std::string>& notes_;
  core::Status status_ = core::ok();
};

// 'text' as the file has it, cut and safe for a terminal; "'${X}' (as substituted)".
std::string shown(const Node& scalar);

}  // namespace spawn::otelconfig
