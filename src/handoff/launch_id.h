// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
//
// The name of a launch, and so of the job array it makes: the registry's partition key, the tag
// spawn:launch-id and the attribute spawn.job_array_id. It goes into tags, file names, X-Ray
// annotations and people's command lines, so it is made of few characters and cannot be wrong.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "core/result.h"
#include "core/rng.h"

namespace spawn::handoff {

class LaunchId {
 public:
  // 1 to 128 letters, digits, '-', '_' and '.', the first a letter or digit. Else
  // Code::invalid_argument: what was given and what is allowed.
  static core::Result<LaunchId> parse(std::string_view text);
  // A fresh one, in the order of time: "wordcount-20260102T030405-1f2e3d4c5b6a". `name` is the job
  // array's, "" for "launch"; what an id cannot hold becomes '-'.
  static LaunchId make(std::string_view name, std::int64_t wall_ns, core::Rng& rng);

  [[nodiscard]] const std::string& text() const { return text_; }
  friend bool operator==(const LaunchId&, const LaunchId&) = default;

 private:
  explicit LaunchId(std::string text) : text_(std::move(text)) {}
  std::string text_;
};

}  // namespace spawn::handoff
