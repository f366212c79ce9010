// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
//
// What becomes of a span that has a parent, by where the parent is and what was decided there:
// OpenTelemetry's ParentBased sampler, in its parts. Nothing: the parent's decision is obeyed.
// https://opentelemetry.io/docs/specs/otel/trace/sdk/#parentbased
#pragma once

#include <optional>

#include "trace/context.h"
#include "trace/rate.h"

namespace spawn::trace {

struct ParentRates {
  std::optional<Rate> remote_sampled{};
  std::optional<Rate> remote_not_sampled{};
  std::optional<Rate> local_sampled{};
  std::optional<Rate> local_not_sampled{};

  // Whoever the parent is, and whatever it decided.
  static ParentRates all(Rate rate) { return {rate, rate, rate, rate}; }

  [[nodiscard]] bool obey_all() const { return *this == ParentRates(); }
  [[nodiscard]] const std::optional<Rate>& of(const SpanContext& parent) const {
    if (parent.remote) return parent.sampled() ? remote_sampled : remote_not_sampled;
    return parent.sampled() ? local_sampled : local_not_sampled;
  }

  friend bool operator==(const ParentRates&, const ParentRates&) = default;
};

}  // namespace spawn::trace
