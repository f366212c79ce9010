// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
//
// For programs that are instrumented with OpenTelemetry C++ (API, ABI version 1) and want their
// traces in AWS X-Ray: one call makes spawn's engine what the process's OpenTelemetry API uses.
//
//   const auto provider = spawn::install_tracer_provider();
//   …
//   provider->Shutdown(std::chrono::seconds(2));
//
// A program on OpenTelemetry's own SDK takes <spawn/opentelemetry_sdk.h> instead; propagators and
// the carrier here are for both. No function throws. What is wrong with a setting is told to
// OpenTelemetry's log handler (opentelemetry/sdk/common/global_log_handler.h) as a warning, and the
// setting's default is taken. Unless said otherwise any thread may call anything.
#pragma once

#include <opentelemetry/context/propagation/text_map_propagator.h>
#include <opentelemetry/trace/tracer_provider.h>

#include <chrono>
#include <memory>
#include <optional>
#include <string>

#define SPAWN_OPENTELEMETRY_EXPORT __attribute__((visibility("default")))

namespace spawn {

// Where spans go. Credentials, region and, unless it is given here, the address are found as the
// AWS CLI finds them (AWS_PROFILE, AWS_REGION, AWS_ENDPOINT_URL_XRAY and so on).
struct XRayOptions {
  // X-Ray's address, "http://127.0.0.1:4319"; "" for the above.
  std::string endpoint;
  // A folder on a local disk for spans that could not be sent: the next process that is given the
  // same folder and address sends them. It is made if need be. "": they are lost, and that is said.
  std::string spool_folder;
};

struct TracerProviderOptions {
  XRayOptions xray;
  // "": OTEL_SERVICE_NAME, then service.name of OTEL_RESOURCE_ATTRIBUTES, then
  // "unknown_service:PROGRAM". OTEL_CONFIG_FILE, where it is set, stands for all such variables.
  std::string service_name;
  // Of the traces that begin here, from 0 to 1. Nothing: OTEL_TRACES_SAMPLER and
  // OTEL_TRACES_SAMPLER_ARG, then all. A parent's decision is obeyed. With OTEL_TRACES_SAMPLER=xray
  // the account's sampling rules decide, as with remote_sampler() of <spawn/opentelemetry_sdk.h>.
  std::optional<double> sampling_rate;
};

// OpenTelemetry's, with the two calls that its SDK's has, and by its names. Without a timeout, or
// with 0, they take 5 s at most.
class SPAWN_OPENTELEMETRY_EXPORT TracerProvider : public opentelemetry::trace::TracerProvider {
 public:
  // True when every span that had ended before is with its receivers or known to be refused.
  virtual bool ForceFlush(
      std::chrono::microseconds timeout = (std::chrono::microseconds::max)()) noexcept = 0;
  // No span is taken any more. What is not sent within `timeout` goes to the spool, where there is
  // one; what is lost is said, once. True when nothing was left behind. The second call does
  // nothing. The last reference to the provider does it with 250 ms, and so does exit().
  virtual bool Shutdown(
      std::chrono::microseconds timeout = (std::chrono::microseconds::max)()) noexcept = 0;
};

// Sets the process's tracer provider, its context storage and its text-map propagator (as of
// propagator_from_environment). Before the first span, from one thread; the environment is read
// here and not again. Spans go to X-Ray unless OTEL_TRACES_EXPORTER says otherwise.
// OTEL_CONFIG_FILE may name a file of OpenTelemetry's declarative configuration, which stands in
// the place of the OTEL_* variables. With OTEL_SDK_DISABLED=true, AWS settings that cannot be read,
// or such a file that is wrong, no span is recorded. Never null.
SPAWN_OPENTELEMETRY_EXPORT std::shared_ptr<TracerProvider> install_tracer_provider(
    const TracerProviderOptions& options = {});

// What OTEL_PROPAGATORS names, in one: tracecontext, baggage, xray; "tracecontext,baggage" when it
// is not set. With OTEL_CONFIG_FILE, what that file names, or none. Its tracecontext is W3C's level
// 2: it keeps the random flag and every valid member of tracestate.
SPAWN_OPENTELEMETRY_EXPORT
std::unique_ptr<opentelemetry::context::propagation::TextMapPropagator>
propagator_from_environment();

// The header X-Amzn-Trace-Id
// (https://docs.aws.amazon.com/xray/latest/devguide/xray-concepts.html#xray-concepts-tracingheader).
// Fields that it does not know are handed on.
SPAWN_OPENTELEMETRY_EXPORT
std::unique_ptr<opentelemetry::context::propagation::TextMapPropagator> xray_propagator();

// The environment of this process as it is now, for Extract(): that is how `spawn trace run` and
// `spored` hand a trace to their command. Names as
// https://opentelemetry.io/docs/specs/otel/context/env-carriers/ has them, "traceparent" is
// TRACEPARENT; X-Ray's header is found under Lambda's name too, _X_AMZN_TRACE_ID. Set() does
// nothing: a process writes its context into a copy, for a child.
SPAWN_OPENTELEMETRY_EXPORT
std::unique_ptr<opentelemetry::context::propagation::TextMapCarrier> environment_carrier();

}  // namespace spawn
