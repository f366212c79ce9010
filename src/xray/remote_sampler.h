// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
//
// `tracing-sampling: remote`: root decisions by the rules that the account
// keeps in X-Ray, fetched with signed calls, no daemon. Until there are rules,
// and when there were none for an hour: one trace a second and 5 % of the
// others. Rules are asked for each 300 s, quotas each 10 s or when X-Ray says,
// both with jitter; at most 25 statistics a call; what could not be reported is
// part of the next report. keeps() may be called by any thread and never waits
// for the network; poll() is for one thread.
#pragma once

#include <cstdint>
#include <mutex>
#include <string>

#include "aws/caller.h"
#include "aws/endpoints.h"
#include "core/clock.h"
#include "core/rng.h"
#include "trace/root_sampler.h"
#include "xray/sampling_rules.h"

namespace spawn::xray {

class RemoteSampler final : public trace::RootSampler {
 public:
  // Who we are, for the rules: service.name and the origin of our segments.
  struct Service {
    std::string name;
    std::string type;
  };
  RemoteSampler(aws::Caller& caller, aws::Endpoint endpoint, Service service, core::Clock& clock,
                core::Rng& rng);

  bool keeps(std::string_view name, trace::SpanKind kind, std::uint64_t randomness) override;
  // The same for who knows more of the request; service name and type are
  // filled in.
  bool keeps(SamplingRequest request, std::uint64_t randomness);

  // Does what is due and tells when to come again. The error says what failed;
  // nothing else has to be done about it.
  struct Polled {
    core::Nanos next;
    core::Status status = core::ok();
  };
  Polled poll(core::Deadline deadline);

 private:
  core::Status fetch_rules(core::Deadline deadline);
  core::Status report(core::Deadline deadline);
  [[nodiscard]] bool rules_are_stale(std::int64_t steady_ns) const;
  [[nodiscard]] std::int64_t jittered(core::Nanos interval);

  aws::Caller& caller_;
  aws::Endpoint endpoint_;
  Service service_;
  core::Clock& clock_;
  core::Rng& rng_;
  std::string client_id_;
  std::int64_t next_rules_ns_ = INT64_MIN;  // both on the steady clock
  std::int64_t next_report_ns_ = INT64_MIN;

  mutable std::mutex mutex_;
  SamplingRules rules_;
  ActiveRule fallback_;
  std::int64_t rules_steady_ns_ = INT64_MIN;  // when they came
  std::int64_t rules_wall_ns_ = 0;
};

}  // namespace spawn::xray
