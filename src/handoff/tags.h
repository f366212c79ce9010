// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
//
// The tags of an instance that spawn writes at launch and spored reads: one table, for both. Names
// of the guide first. What the values mean is config's business (settings) and context.h's.
#pragma once

#include <string_view>

namespace spawn::handoff::tag {

// Settings of the guide. The same name without the prefix is the key of `spored config`.
inline constexpr std::string_view kPrefix = "spawn:";
inline constexpr std::string_view kTracingEnabled = "spawn:tracing-enabled";
inline constexpr std::string_view kTracingExporter = "spawn:tracing-exporter";
inline constexpr std::string_view kTracingSampling = "spawn:tracing-sampling";
inline constexpr std::string_view kTracingEndpoint = "spawn:tracing-endpoint";
inline constexpr std::string_view kTracingFrom = "spawn:tracing-from";
inline constexpr std::string_view kTracingUntil = "spawn:tracing-until";

// The end of an instance's life.
inline constexpr std::string_view kTtl = "spawn:ttl";
inline constexpr std::string_view kIdleTimeout = "spawn:idle-timeout";
inline constexpr std::string_view kIdleCpu = "spawn:idle-cpu";
inline constexpr std::string_view kOnComplete = "spawn:on-complete";
inline constexpr std::string_view kHibernate = "spawn:hibernate";
inline constexpr std::string_view kCompletionFile = "spawn:completion-file";
inline constexpr std::string_view kCompletionDelay = "spawn:completion-delay";
inline constexpr std::string_view kPreStop = "spawn:pre-stop";

// Job arrays, and what their members are to do.
inline constexpr std::string_view kLaunchId = "spawn:launch-id";
inline constexpr std::string_view kJobArrayId = "spawn:job-array-id";
inline constexpr std::string_view kJobArrayName = "spawn:job-array-name";
inline constexpr std::string_view kJobArraySize = "spawn:job-array-size";
inline constexpr std::string_view kJobArrayIndex = "spawn:job-array-index";
inline constexpr std::string_view kCommand = "spawn:command";

// The launch's context, for an instance that may not read the registry.
inline constexpr std::string_view kTraceparent = "spawn:traceparent";
inline constexpr std::string_view kTracestate = "spawn:tracestate";

// Whose it is.
inline constexpr std::string_view kManaged = "spawn:managed";
inline constexpr std::string_view kCreatedBy = "spawn:created-by";
inline constexpr std::string_view kVersion = "spawn:version";

}  // namespace spawn::handoff::tag
