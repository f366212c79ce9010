// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
//
// What the programs of a workload tell about themselves (walk C): one port of 127.0.0.1 for one
// run. Its UDP side takes CSM datagrams of AWS SDKs and documents of X-Ray SDKs; its TCP side takes
// OpenTelemetry's OTLP over HTTP, and answers the question for sampling rules that X-Ray SDKs have.
// start() runs one thread, which only receives, checks and hands over. Accepted is what carries the
// run's token, where the format has room for one, and comes, as far as /proc/net can tell, from the
// expected uid. All else is counted and forgotten.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

#include "core/clock.h"
#include "core/file.h"
#include "core/loopback.h"
#include "core/result.h"
#include "http/loopback_server.h"
#include "intake/csm_joiner.h"
#include "intake/program_spans.h"
#include "intake/sender_check.h"
#include "telemetry/tracer.h"
#include "trace/context.h"
#include "trace/format.h"

namespace spawn::intake {

struct IntakeStats {
  std::uint64_t accepted = 0;  // datagrams, and requests with spans
  std::uint64_t spans = 0;     // of programs, handed to the tracer
  std::uint64_t wrong_token = 0;
  std::uint64_t wrong_uid = 0;
  std::uint64_t malformed = 0;         // datagrams
  std::uint64_t refused_requests = 0;  // unreadable, too large, of an unknown kind
  std::uint64_t unreadable = 0;        // spans in what could be read
  std::uint64_t unfinished = 0;        // versions of spans that had not ended; no loss
  std::uint64_t over_budget = 0;       // calls, spans
  std::uint64_t lost_by_kernel = 0;    // datagrams: the socket's buffer was full
  std::string first_problem;           // of the unreadable spans
};

// What was lost and why, for the person; "" when nothing was.
std::string losses_line(const IntakeStats& stats);

class Intake {
 public:
  // Binds; nothing is read before start(). The sockets are close-on-exec.
  static core::Result<std::unique_ptr<Intake>> bind(uid_t expected_uid);
  ~Intake();
  Intake(const Intake&) = delete;
  Intake& operator=(const Intake&) = delete;

  // child_variables.h, for this port and token.
  [[nodiscard]] std::vector<std::pair<std::string, std::string>> child_environment(
      const std::function<std::string(std::string_view name)>& inherited) const;

  // `run` is the span that the command is. The tracer must live until stop().
  void start(telemetry::Tracer& tracer, const trace::SpanContext& run);
  // Takes what has arrived, ends the thread, makes spans of what waits. The deadline only matters
  // when somebody goes on sending without end.
  void stop(core::Deadline deadline);
  // Complete after stop().
  [[nodiscard]] const IntakeStats& stats() const { return counts_; }

 private:
  Intake(core::LoopbackSocket udp, core::Fd tcp, core::Fd wake, uid_t expected_uid);
  void run();
  // Waits so long, and does what is to be done then; false when there was nothing.
  bool turn(int timeout_ms);
  void finish();
  void drain();
  void take(std::string_view datagram, bool cut, std::uint16_t source_port);
  void take_event(std::string_view datagram, std::uint16_t source_port);
  void take_document(std::string_view document);
  http::Reply serve(http::ReceivedRequest& request);
  http::Reply take_request(http::ReceivedRequest& request);
  http::Reply read_request(http::ReceivedRequest& request);
  core::Status take_spans(trace::SpanSet& set);
  bool admits(std::uint16_t peer_port);
  void note_unreadable(std::uint64_t spans, const std::vector<std::string>& problems);
  void read_kernel_losses();

  core::Fd udp_;
  core::Fd tcp_;  // until start()
  core::Fd wake_;
  std::uint16_t port_;
  std::string token_;
  SenderCheck udp_senders_;
  SenderCheck tcp_senders_;
  std::unique_ptr<char[]> buffer_;
  std::unique_ptr<http::LoopbackServer> server_;
  std::optional<CsmJoiner> joiner_;
  std::optional<ProgramSpans> programs_;
  core::Clock* clock_ = nullptr;
  std::thread thread_;
  core::Deadline stop_by_ = core::Deadline::never();  // written before wake_ is
  bool ending_ = false;                               // the thread's, as are the counts
  IntakeStats counts_;
};

}  // namespace spawn::intake
