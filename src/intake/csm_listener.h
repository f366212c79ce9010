// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
//
// The loopback UDP socket that unmodified programs send their AWS calls to (walk C). Binds an
// ephemeral port of 127.0.0.1; start() runs a thread that only receives, checks and joins. Accepted
// is a datagram that carries this run's token and, where /proc/net/udp still shows the sender,
// comes from the expected uid. All else is counted and forgotten.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

#include "core/clock.h"
#include "core/file.h"
#include "core/result.h"
#include "intake/csm_joiner.h"
#include "telemetry/tracer.h"
#include "trace/context.h"

namespace spawn::intake {

struct IntakeStats {
  std::uint64_t accepted = 0;
  std::uint64_t wrong_token = 0;
  std::uint64_t wrong_uid = 0;
  std::uint64_t malformed = 0;
  std::uint64_t over_budget = 0;
  std::uint64_t lost_by_kernel = 0;  // the socket's buffer was full
};

class CsmListener {
 public:
  // Binds; nothing is read before start(). The socket is close-on-exec.
  static core::Result<std::unique_ptr<CsmListener>> bind(uid_t expected_uid);
  ~CsmListener();
  CsmListener(const CsmListener&) = delete;
  CsmListener& operator=(const CsmListener&) = delete;

  // AWS_CSM_ENABLED=true, AWS_CSM_HOST, AWS_CSM_PORT, AWS_CSM_CLIENT_ID=<token, < 200 characters>.
  [[nodiscard]] std::vector<std::pair<std::string, std::string>> child_environment() const;

  // The tracer must live until stop().
  void start(telemetry::Tracer& tracer, const trace::SpanContext& parent);
  // Takes what is still in the socket, ends the thread, makes spans of what waits. The deadline
  // only matters when somebody goes on sending without end.
  void stop(core::Deadline deadline);
  // Complete after stop().
  [[nodiscard]] const IntakeStats& stats() const { return counts_; }

 private:
  struct Verdict {
    bool accepted = false;
    std::int64_t until_ns = 0;
  };

  CsmListener(core::Fd socket, core::Fd wake, std::uint16_t port, uid_t expected_uid);
  void run();
  void drain(core::Deadline deadline);
  void take(std::string_view datagram, bool cut, std::uint16_t source_port);
  [[nodiscard]] bool token_matches(std::string_view text) const;
  [[nodiscard]] bool uid_accepted(std::uint16_t source_port);
  void read_kernel_losses();

  core::Fd socket_;
  core::Fd wake_;
  std::uint16_t port_;
  uid_t expected_uid_;
  std::string token_;
  std::string buffer_;
  std::optional<CsmJoiner> joiner_;
  core::Clock* clock_ = nullptr;
  std::thread thread_;
  core::Deadline stop_by_ = core::Deadline::never();  // written before wake_ is
  std::map<std::uint16_t, Verdict> verdicts_;         // the thread's, as are the next two
  IntakeStats counts_;
};

}  // namespace spawn::intake
