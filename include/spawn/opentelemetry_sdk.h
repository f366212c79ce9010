// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
//
// For programs on OpenTelemetry C++'s own SDK (ABI version 1) that want their traces in AWS X-Ray:
// the parts that the SDK has not. They fit together, and each works alone.
#pragma once

#include <opentelemetry/sdk/resource/resource.h>
#include <opentelemetry/sdk/trace/exporter.h>
#include <opentelemetry/sdk/trace/id_generator.h>
#include <opentelemetry/sdk/trace/sampler.h>
#include <spawn/opentelemetry.h>

#include <memory>
#include <string>

namespace spawn {

// Sends segment documents to X-Ray, without a daemon. Behind any span processor, and for one of
// them only. Export() queues and never waits for the network; ForceFlush() and Shutdown() do, and
// keep their timeout (without one, with 0, and with the 1 µs that the SDK's batch processor makes
// of none: 5 s at most; the destructor: 250 ms). What is lost in the end is told to the log
// handler, counted, with the reason. AWS settings that cannot be read are told there too, and then
// no span is exported. Never null.
//
// Nobody calls Shutdown(): what was exported is sent by the SDK's destructors, or by exit() within
// 250 ms, whichever comes first. A provider that exit() destroys after that exports its last batch
// in vain: the global one does when it was asked for before any call of this library.
SPAWN_OPENTELEMETRY_EXPORT std::unique_ptr<opentelemetry::sdk::trace::SpanExporter> xray_exporter(
    const XRayOptions& options = {});

// Trace ids that X-Ray takes: four bytes of time, twelve of chance
// (https://docs.aws.amazon.com/xray/latest/devguide/xray-api-sendingdata.html#xray-api-traceids).
SPAWN_OPENTELEMETRY_EXPORT
std::unique_ptr<opentelemetry::sdk::trace::IdGenerator> xray_id_generator();

// The parent's decision; for a trace that begins here, `rate` of all, decided on the 56 random bits
// of the trace id and said in tracestate
// (https://opentelemetry.io/docs/specs/otel/trace/tracestate-probability-sampling/). The SDK's own
// ratio sampler reads the bytes in which X-Ray's ids have the time. A `rate` outside of 0 to 1 is
// told to the log handler; then every trace is kept.
SPAWN_OPENTELEMETRY_EXPORT
std::unique_ptr<opentelemetry::sdk::trace::Sampler> probability_sampler(double rate);

// The account's sampling rules in X-Ray decide about traces that begin here, asked for with signed
// calls, without a daemon or a collector; a parent is obeyed. So this goes into a TracerProvider as
// it is, without a ParentBased sampler around it, as X-Ray's samplers for other languages do.
//
// Rules are matched by `resource` (service.name, cloud.platform, aws.ecs.container.arn; give it the
// provider's own) and by the attributes that the root has when it is started (http.request.method,
// url.path, server.address, any text). They are asked for each 5 minutes, what became of them is
// reported each 10 s. Until there are rules, and when there were none for an hour, one trace a
// second and 5 % of the others are kept, and why is told to the log handler.
// https://docs.aws.amazon.com/xray/latest/devguide/xray-api-sampling.html
//
// `endpoint` is X-Ray's address, as in XRayOptions. A thread of its own (spawn-sampling) does the
// asking from here on; who decides never waits for it. The destructor ends it, or exit(), within
// 250 ms: while X-Ray hangs it is left behind until the process ends. A forked child asks anew,
// with its first root. Any thread may use the sampler. Never null.
SPAWN_OPENTELEMETRY_EXPORT
std::unique_ptr<opentelemetry::sdk::trace::Sampler> remote_sampler(
    const opentelemetry::sdk::resource::Resource& resource, const std::string& endpoint = "");

}  // namespace spawn
