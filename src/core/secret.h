// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
//
// A string that must never be shown: access keys, session tokens, signing keys. It has no
// conversion and no operator<<; the one way to read it is reveal(), which is easy to grep for.
// Whatever formats it by accident gets "***".
#pragma once

#include <ostream>
#include <string>
#include <utility>

namespace spawn::core {

class Secret {
 public:
  Secret() = default;
  explicit Secret(std::string value) : value_(std::move(value)) {}

  [[nodiscard]] const std::string& reveal() const { return value_; }
  [[nodiscard]] bool empty() const { return value_.empty(); }
  friend bool operator==(const Secret&, const Secret&) = default;

  friend std::ostream& operator<<(std::ostream& out, const Secret&) { return out << "***"; }

 private:
  std::string value_;
};

}  // namespace spawn::core
