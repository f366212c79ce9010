// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
#include "agent/root_span.h"

#include <fmt/format.h>
#include <string.h>

#include <utility>

#include "trace/attributes.h"

namespace spawn::agent {
namespace {

namespace key = trace::key;

// "SIGTERM"; "signal 35" for those without a name.
std::string signal_name(int signal_number) {
  const char* name = sigabbrev_np(signal_number);
  return name != nullptr ? fmt::format("SIG{}", name) : fmt::format("signal {}", signal_number);
}

}  // namespace

RootSpan::RootSpan(const Inherited& inherited, trace::Sampling sampling, std::string_view name,
                   std::string_view executable, core::Clock& clock, core::Rng& rng)
    : inherited_(inherited),
      tracer_(&held_, sampling, no_resource_, clock, rng),
      span_(start(name)) {
  span_.set(key::kExecutable, executable);
}

telemetry::Span RootSpan::start(std::string_view name) {
  if (!inherited_.context) return tracer_.start(name);
  trace::SpanContext& parent = inherited_.context->span;
  if (!parent.sampled() && !parent.span_id.valid()) parent.span_id = tracer_.new_span_id();
  return tracer_.start_child_of(parent, &inherited_.context->extras, name);
}

void RootSpan::end(pid_t pid, const ExitStatus& status) {
  span_.set(key::kPid, static_cast<std::int64_t>(pid));
  set_outcome(span_, status);
  span_.end();
}

void RootSpan::hand_over(telemetry::Tracer& to) {
  trace::SpanRecord record = held_.take();
  record.resource = nullptr;
  to.record(std::move(record));
  to.closed(open_);
}

void RootSpan::watch(telemetry::Tracer& by) {
  // It began a moment ago.
  open_ = by.opened(*span_.record(), by.clock().steady_ns());
}

void set_outcome(telemetry::Span& span, const ExitStatus& status) {
  const bool failed = status.shell_code() != 0;
  if (status.signal == 0) span.set(key::kExitCode, status.code);
  span.set(key::kError, failed);
  if (!failed) return;
  const std::string type =
      status.signal != 0 ? signal_name(status.signal) : std::to_string(status.code);
  span.set(key::kErrorType, std::string_view(type));
  span.set_error(status.signal != 0 ? "killed by " + type : "exit status " + type);
}

std::string file_name(const std::string& command) {
  const auto slash = command.rfind('/');
  const std::string name = slash == std::string::npos ? command : command.substr(slash + 1);
  return name.empty() ? command : name;
}

}  // namespace spawn::agent
