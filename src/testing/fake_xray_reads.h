// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
//
// What X-Ray tells about the documents that it took, for FakeXRay: summaries and graphs. Of the
// filter grammar it knows service("NAME"), error, fault and throttle; a request with anything else
// is refused, so that a test notices.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "core/json.h"
#include "http/client.h"

namespace spawn::testing {

// Documents by trace id, as they came.
using XRayTraces = std::map<std::string, std::vector<core::Json>>;

http::Reply trace_summaries(const core::Json& request, const XRayTraces& traces);
// Of the time of the request, or of the traces that it names.
http::Reply service_graph(const core::Json& request, const XRayTraces& traces);

}  // namespace spawn::testing
