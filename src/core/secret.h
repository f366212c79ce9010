// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
//
// A string that must never be shown: access keys, session tokens, signing keys. It has no
// conversion and no operator<<; the one way to read it is reveal(), which is easy to grep for.
// Whatever formats it by accident gets "***". And the comparison for what somebody says is one.
#pragma once

#include <ostream>
#include <string>
#include <string_view>
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

// Takes equally long wherever the first difference is, so that nobody finds a token out by trying.
inline bool same_secret(std::string_view a, std::string_view b) {
  if (a.size() != b.size()) return false;
  unsigned difference = 0;
  for (std::size_t i = 0; i < a.size(); ++i) {
    difference |= static_cast<unsigned char>(a[i]) ^ static_cast<unsigned char>(b[i]);
  }
  return difference == 0;
}

}  // namespace spawn::core
