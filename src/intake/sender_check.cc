// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
#include "intake/sender_check.h"

namespace spawn::intake {
namespace {

constexpr std::int64_t kVerdictNs = 1'000'000'000;
constexpr std::size_t kMaxVerdicts = 1024;

}  // namespace

bool SenderCheck::accepts(std::uint16_t source_port, std::int64_t now_steady_ns) {
  if (const auto known = verdicts_.find(source_port);
      known != verdicts_.end() && now_steady_ns < known->second.until_ns) {
    return known->second.accepted;
  }
  if (verdicts_.size() >= kMaxVerdicts) verdicts_.clear();
  const bool accepted = sender_of(protocol_, source_port, expected_) != Sender::other;
  verdicts_[source_port] = {accepted, now_steady_ns + kVerdictNs};
  return accepted;
}

}  // namespace spawn::intake
