// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
#include "aws/credentials/cached.h"

namespace spawn::aws {
namespace {

constexpr core::Nanos kRetryAdvisory = std::chrono::minutes(1);
constexpr core::Nanos kKeepError = std::chrono::seconds(1);

}  // namespace

// Until they expire; negative afterwards.
core::Nanos CachedCredentials::left() const {
  if (!(*last_)->expires_at_ns) return core::Nanos::max();
  return core::Nanos(*(*last_)->expires_at_ns - clock_.now().wall_ns);
}

core::Result<Credentials> CachedCredentials::refresh() {
  auto fresh = source_.get();
  refresh_failed_ = !fresh;
  if (!fresh) failed_at_steady_ns_ = clock_.steady_ns();
  const bool still_good = last_ && last_->has_value() && left().count() > 0;
  if (!fresh && still_good) return *last_;
  last_ = std::move(fresh);
  return *last_;
}

core::Result<Credentials> CachedCredentials::get() {
  if (!last_) return refresh();
  const core::Nanos since_failure(clock_.steady_ns() - failed_at_steady_ns_);
  if (!last_->has_value()) return since_failure < kKeepError ? *last_ : refresh();
  const core::Nanos remaining = left();
  if (remaining > kAdvisory) return *last_;
  if (remaining > kMandatory && refresh_failed_ && since_failure < kRetryAdvisory) return *last_;
  return refresh();
}

void CachedCredentials::forget() {
  last_.reset();
  source_.forget();
}

}  // namespace spawn::aws
