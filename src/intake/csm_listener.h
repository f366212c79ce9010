// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
//
// The loopback UDP socket that unmodified programs send their AWS calls to (walk C). Binds an ephemeral
// port of 127.0.0.1; start() runs a thread that only receives, checks and joins. Accepted is a datagram
// that carries this run's token and, where /proc/net/udp still shows the sender, comes from the
// expected uid. All else is counted and forgotten.
#pragma once

#include <sys/types.h>

#include <atomic>
#include <cstdint>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "core/file.h"
#include "core/result.h"
#include "intake/csm_joiner.h"

namespace spawn::intake {

struct IntakeStats {
  std::uint64_t accepted = 0;
  std::uint64_t wrong_token = 0;
  std::uint64_t wrong_uid = 0;
  std::uint64_t malformed = 0;
  std::uint64_t over_budget = 0;
  std::uint64_t lost_by_kernel = 0;  // SO_RXQ_OVFL
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

  void start(telemetry::Tracer& tracer, const trace::SpanContext& parent);
  // Takes what is still in the socket, ends the thread, makes spans of what waits.
  void stop();
  [[nodiscard]] IntakeStats stats() const;

 private:
  CsmListener(core::Fd socket, std::uint16_t port, uid_t expected_uid);
  void run();
  void drain();

  core::Fd socket_;
  core::Fd wake_;
  std::uint16_t port_;
  uid_t expected_uid_;
  std::string token_;
  std::unique_ptr<CsmJoiner> joiner_;
  core::Clock* clock_ = nullptr;
  std::thread thread_;
  IntakeStats counts_;  // the thread's; read after stop()
};

}  // namespace spawn::intake
