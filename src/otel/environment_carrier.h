// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
//
// The environment as a carrier of context, to be read: names as
// https://opentelemetry.io/docs/specs/otel/context/env-carriers/#key-name-normalization says. It is
// read once; a process writes its context only into the copy that a child gets, so Set() does
// nothing. Any thread.
#pragma once

#include <opentelemetry/context/propagation/text_map_propagator.h>

#include <map>
#include <string>
#include <string_view>

#include "core/env.h"

namespace spawn::otel {

class EnvironmentCarrier final : public opentelemetry::context::propagation::TextMapCarrier {
 public:
  explicit EnvironmentCarrier(const core::Env& env);

  // X-Ray's header is found under the name that Lambda and our agent give it too.
  [[nodiscard]] opentelemetry::nostd::string_view Get(
      opentelemetry::nostd::string_view key) const noexcept override;
  void Set(opentelemetry::nostd::string_view, opentelemetry::nostd::string_view) noexcept override {
  }

  static std::string variable_name(std::string_view key);

 private:
  std::map<std::string, std::string> variables_;
};

}  // namespace spawn::otel
