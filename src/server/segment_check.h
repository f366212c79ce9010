// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
//
// What X-Ray refuses of a segment document, and how it says so. Pure. Limits:
// https://docs.aws.amazon.com/xray/latest/devguide/xray-api-segmentdocuments.html and the published
// schema 1.0.0; codes as services were seen to answer.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "core/json.h"

namespace spawn::server {

struct Refusal {
  std::string code;
  std::string message;
};

inline constexpr std::size_t kMaxTraceBytes = 500U << 10;  // of all documents of a trace

// `size` is the document's as it was sent.
std::optional<Refusal> check_segment(const core::Json& document, std::size_t size);

}  // namespace spawn::server
