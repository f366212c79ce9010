// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
//
// One answer of `trace doctor`: what was looked at, how it is, and what to do about it.
#pragma once

#include <string>
#include <vector>

namespace spawn::trace {

struct Finding {
  enum class State : unsigned char { ok, problem, unknown };

  std::string check;  // "credentials"
  State state = State::ok;
  std::string detail;  // one line: what is
  std::string cure;    // one line: what to do; "" when there is nothing to do
};
using Findings = std::vector<Finding>;

}  // namespace spawn::trace
