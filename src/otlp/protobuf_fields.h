// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
//
// The field numbers of OTLP's trace messages, once for reader and writer. From
// opentelemetry-proto v1: common/v1/common.proto, resource/v1/resource.proto, trace/v1/trace.proto,
// collector/trace/v1/trace_service.proto; and google/rpc/status.proto.
#pragma once

#include <protozero/types.hpp>

namespace spawn::otlp::tag {

using Tag = protozero::pbf_tag_type;

inline constexpr Tag kRequestResourceSpans = 1;

inline constexpr Tag kResourceSpansResource = 1;
inline constexpr Tag kResourceSpansScopeSpans = 2;

inline constexpr Tag kResourceAttributes = 1;

inline constexpr Tag kScopeSpansScope = 1;
inline constexpr Tag kScopeSpansSpans = 2;

inline constexpr Tag kScopeName = 1;
inline constexpr Tag kScopeVersion = 2;
inline constexpr Tag kScopeAttributes = 3;

inline constexpr Tag kSpanTraceId = 1;
inline constexpr Tag kSpanSpanId = 2;
inline constexpr Tag kSpanTraceState = 3;
inline constexpr Tag kSpanParentSpanId = 4;
inline constexpr Tag kSpanName = 5;
inline constexpr Tag kSpanKind = 6;
inline constexpr Tag kSpanStart = 7;
inline constexpr Tag kSpanEnd = 8;
inline constexpr Tag kSpanAttributes = 9;
inline constexpr Tag kSpanDroppedAttributes = 10;
inline constexpr Tag kSpanEvents = 11;
inline constexpr Tag kSpanDroppedEvents = 12;
inline constexpr Tag kSpanLinks = 13;
inline constexpr Tag kSpanDroppedLinks = 14;
inline constexpr Tag kSpanStatus = 15;
inline constexpr Tag kSpanFlags = 16;

inline constexpr Tag kEventTime = 1;
inline constexpr Tag kEventName = 2;
inline constexpr Tag kEventAttributes = 3;

inline constexpr Tag kLinkTraceId = 1;
inline constexpr Tag kLinkSpanId = 2;
inline constexpr Tag kLinkTraceState = 3;
inline constexpr Tag kLinkAttributes = 4;
inline constexpr Tag kLinkFlags = 6;

inline constexpr Tag kStatusMessage = 2;
inline constexpr Tag kStatusCode = 3;

inline constexpr Tag kKeyValueKey = 1;
inline constexpr Tag kKeyValueValue = 2;

inline constexpr Tag kAnyString = 1;
inline constexpr Tag kAnyBool = 2;
inline constexpr Tag kAnyInt = 3;
inline constexpr Tag kAnyDouble = 4;
inline constexpr Tag kAnyArray = 5;
inline constexpr Tag kAnyList = 6;
inline constexpr Tag kAnyBytes = 7;
inline constexpr Tag kValues = 1;  // of ArrayValue and KeyValueList

inline constexpr Tag kResponsePartialSuccess = 1;
inline constexpr Tag kPartialSuccessRejected = 1;
inline constexpr Tag kPartialSuccessMessage = 2;

inline constexpr Tag kRpcStatusCode = 1;
inline constexpr Tag kRpcStatusMessage = 2;

}  // namespace spawn::otlp::tag
