// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
//
// The X-Ray API as far as spawn uses it. Documents go in and come out as text; what is in them is
// src/xray's business. https://docs.aws.amazon.com/xray/latest/api/
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "aws/caller.h"
#include "aws/endpoints.h"
#include "core/clock.h"
#include "core/result.h"

namespace spawn::aws::xray {

extern const ServiceInfo kService;

// A document that X-Ray refused, in a reply that says 200. `id` is the segment's; empty when X-Ray
// could not even read that.
struct Unprocessed {
  std::string id;
  std::string code;
  std::string message;
};

// `body` is the whole request: {"TraceSegmentDocuments":["…",…]}. All documents that are not in the
// result were accepted.
core::Result<std::vector<Unprocessed>> put_trace_segments(Caller& caller, const Endpoint& endpoint,
                                                          http::Body body, core::Deadline deadline);

struct TraceDocuments {
  std::string id;
  std::vector<std::string> documents;
};
struct TracePage {
  std::vector<TraceDocuments> traces;
  std::vector<std::string> unprocessed_ids;
  std::string next_token;  // "" on the last page
};

// At most five ids, as X-Ray writes them.
core::Result<TracePage> batch_get_traces(Caller& caller, const Endpoint& endpoint,
                                         std::span<const std::string> ids,
                                         std::string_view next_token, core::Deadline deadline);

}  // namespace spawn::aws::xray
