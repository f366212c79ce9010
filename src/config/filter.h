// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
//
// The setting tracing-filter: which attributes exporters may show, and what of their values.
//   deny=http.request.body,user.*; mask=user.id; patterns=\b\d{16}\b; xray.allow=aws.*,error
// Parts have semicolons between them, keys commas; `patterns` is one regular expression of RE2 and
// may be there several times ("\;" for a semicolon in it). What has an exporter's name before it
// comes on top for that exporter. The only file that knows RE2. Pure.
#pragma once

#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "core/result.h"
#include "trace/attribute_filter.h"
#include "trace/span_limits.h"

namespace spawn::config {

enum class Exporter;

struct Filter {
  trace::FilterRules all{};
  std::map<Exporter, trace::FilterRules> of{};
  std::string text{};  // as it was written

  friend bool operator==(const Filter&, const Filter&) = default;
};

// Code::invalid_argument: what is wrong, and the nearest right word.
core::Result<Filter> parse_filter(std::string_view text);

// The parts there are: "deny", "patterns", ….
std::span<const std::string_view> filter_parts();
// One part as text, for a list of values: "deny=a,b". Every pattern is a part of its own.
std::string filter_part(std::string_view name, std::span<const std::string> values);

// For one exporter; `none` has what is said for all of them. What passes is kept within `limits`.
trace::AttributeFilter attribute_filter(const Filter& filter, Exporter exporter,
                                        std::optional<trace::SpanLimits> limits = {});

}  // namespace spawn::config
