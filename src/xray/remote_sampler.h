// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
//
// `tracing-sampling: remote`: root decisions by the rules that the account keeps in X-Ray, fetched
// with signed calls, no daemon. Until there are rules, and when there were none for an hour: one
// trace a second and 5 % of the others. Rules are asked for each 300 s, quotas each 10 s or when
// X-Ray says, both with jitter; at most 25 statistics a call; what could not be reported is part of
// the next report. keeps(), state() and has_counted() may be called by any thread and never wait
// for the network; poll() and report_rest() are for one thread.
#pragma once

#include <cstdint>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "aws/caller.h"
#include "aws/endpoints.h"
#include "core/clock.h"
#include "core/rng.h"
#include "trace/sampling.h"
#include "xray/sampling_rules.h"

namespace spawn::xray {

class RemoteSampler final : public trace::RootSampler {
 public:
  // Who we are, for the rules: service.name and the origin of our segments.
  struct Service {
    std::string name;
    std::string type;
  };
  RemoteSampler(Service service, core::Clock& clock, core::Rng& rng);

  bool keeps(std::string_view name, trace::SpanKind kind, std::uint64_t randomness) override;
  // The same for who knows more of the request; service name and type are filled in.
  bool keeps(SamplingRequest request, std::uint64_t randomness);
  [[nodiscard]] std::string state() const override;

  // Does what is due, which may be nothing. The error says what failed; nothing else has to be done
  // about it.
  struct Polled {
    core::Nanos next;  // how long nothing is due
    std::optional<core::Status> asked{};
  };
  Polled poll(aws::Caller& caller, const aws::Endpoint& endpoint, core::Deadline deadline);
  // At the end: what was counted since the last report, due or not. What does not get there is
  // lost.
  void report_rest(aws::Caller& caller, const aws::Endpoint& endpoint, core::Deadline deadline);
  // There is something that X-Ray was not told.
  [[nodiscard]] bool has_counted();
  // X-Ray could not be asked, and why; "": it could.
  void cannot_ask(const std::string& why);

 private:
  core::Status fetch_rules(aws::Caller& caller, const aws::Endpoint& endpoint,
                           core::Deadline deadline);
  // Nothing: there is nothing to report.
  enum class Which { due, all };
  std::optional<core::Status> report(Which which, aws::Caller& caller,
                                     const aws::Endpoint& endpoint, core::Deadline deadline);
  std::vector<aws::xray::SamplingStatistics> take_statistics(Which which);
  void heed(const aws::xray::SamplingTargets& targets,
            std::span<const aws::xray::SamplingStatistics> reported);
  void put_back(const aws::xray::SamplingStatistics& unsent);
  [[nodiscard]] bool rules_are_stale(std::int64_t steady_ns) const;
  [[nodiscard]] std::int64_t jittered(core::Nanos interval);

  Service service_;
  core::Clock& clock_;
  core::Rng& rng_;
  std::string client_id_;
  // The polling thread's; both on the steady clock.
  std::int64_t next_rules_ns_ = INT64_MIN;
  std::int64_t next_report_ns_ = INT64_MIN;
  std::optional<std::int64_t> last_modification_ns_;  // X-Ray's own time

  mutable std::mutex mutex_;
  SamplingRules rules_;
  ActiveRule fallback_;
  std::int64_t rules_steady_ns_ = INT64_MIN;  // when they came
  std::int64_t rules_wall_ns_ = 0;
  std::string trouble_;  // why X-Ray could not be asked the last time; ""
};

}  // namespace spawn::xray
