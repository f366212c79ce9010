// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
//
// The OTLP exporter: records → one request over HTTP. What may be sent again (429, 502, 503, 504,
// no reply at all) is, with jitter or after the time that Retry-After names, within the deadline;
// the wait that would pass it is not begun; what is left then, or lacks the right credentials, is
// to be sent again later. A partial success counts what was refused; a 200 that is no OTLP reply
// counts as a loss, since nobody said that he took the spans. No message ever has a header's value
// in it. https://opentelemetry.io/docs/specs/otlp/#otlphttp
#pragma once

#include <span>
#include <string>

#include "core/backoff.h"
#include "core/clock.h"
#include "core/json_write.h"
#include "core/rng.h"
#include "http/client.h"
#include "otlp/target.h"
#include "trace/sink.h"

namespace spawn::otlp {

class OtlpSink final : public trace::SpanSink {
 public:
  OtlpSink(http::Client& client, Target target, core::Clock& clock, core::Rng& rng);

  trace::WriteReport write(std::span<const trace::SpanRecord> batch,
                           core::Deadline deadline) override;

 private:
  class Losses;

  // False when it, and what comes after it, has to wait.
  bool send(std::span<const trace::SpanRecord> batch, core::Deadline deadline,
            trace::WriteReport& report, Losses& losses);
  std::string encode(std::span<const trace::SpanRecord> batch);
  core::Result<http::Reply> send_until_answered(http::Request& request, core::Deadline deadline);
  [[nodiscard]] http::Request make_request(std::string body) const;
  [[nodiscard]] std::string describe_failure(const http::Reply& reply) const;
  [[nodiscard]] std::string without_secrets(std::string text) const;

  http::Client& client_;
  Target target_;
  std::string where_;  // "http://127.0.0.1:4318: ", as the transport begins its messages
  core::Clock& clock_;
  core::Rng& rng_;
  core::Backoff backoff_{std::chrono::milliseconds(100), std::chrono::seconds(5)};
  core::CharBuffer json_;
};

}  // namespace spawn::otlp
