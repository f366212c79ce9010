// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
//
// The seam for the process environment. Read through it, never through getenv, so that tests need
// no setenv and only apps/ touches the real environment.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace spawn::core {

class Env {
 public:
  Env() = default;
  Env(const Env&) = delete;
  Env& operator=(const Env&) = delete;
  virtual ~Env() = default;

  // Absent when not set. An empty value is present and empty.
  [[nodiscard]] virtual std::optional<std::string> get(std::string_view name) const = 0;
  // Every "NAME=value", to build a child's environment from.
  [[nodiscard]] virtual std::vector<std::string> all() const = 0;

  // As OpenTelemetry and the AWS SDKs read variables: empty means not set.
  [[nodiscard]] std::optional<std::string> get_non_empty(std::string_view name) const {
    auto value = get(name);
    if (value && value->empty()) value.reset();
    return value;
  }
};

class SystemEnv final : public Env {
 public:
  [[nodiscard]] std::optional<std::string> get(std::string_view name) const override;
  [[nodiscard]] std::vector<std::string> all() const override;
};

}  // namespace spawn::core
