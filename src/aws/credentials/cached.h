// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
//
// Keeps credentials and refreshes them ahead of their expiry: in the last 15 minutes a refresh that
// fails does no harm and is tried again a minute later; in the last 10 minutes it is tried each
// time; when they have expired, failing to refresh is an error. An error is kept for a second, so
// that a burst of calls asks an absent source once.
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>

#include "aws/credentials.h"
#include "core/clock.h"

namespace spawn::aws {

class CachedCredentials final : public CredentialsProvider {
 public:
  static constexpr core::Nanos kAdvisory = std::chrono::minutes(15);
  static constexpr core::Nanos kMandatory = std::chrono::minutes(10);

  CachedCredentials(CredentialsProvider& source, core::Clock& clock)
      : source_(source), clock_(clock) {}

  core::Result<Credentials> get() override;
  void forget() override;

 private:
  [[nodiscard]] core::Nanos left() const;
  core::Result<Credentials> refresh();

  CredentialsProvider& source_;
  core::Clock& clock_;
  std::optional<core::Result<Credentials>> last_;
  std::int64_t failed_at_steady_ns_ = 0;  // of the last refresh that failed
  bool refresh_failed_ = false;
};

}  // namespace spawn::aws
