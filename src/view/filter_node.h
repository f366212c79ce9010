// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
//
// A parsed filter expression, between its parser (filter_parser.cc) and its evaluation (filter.cc).
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "view/summary.h"

namespace spawn::view {

enum class FilterKeyword : std::uint8_t {
  // Booleans.
  ok,
  error,
  fault,
  throttle,
  partial,
  root,
  inferred,
  // Numbers.
  responsetime,
  duration,
  http_status,
  // Texts.
  http_url,
  http_method,
  http_useragent,
  http_clientip,
  user,
  name,
  type,
  message,
  instance_id,
  availabilityzone,
  resource_arn
};

enum class Comparison : std::uint8_t {
  equal,
  not_equal,
  less,
  less_or_equal,
  greater,
  greater_or_equal,
  contains,
  begins_with,
  ends_with
};

// What service() and edge() name; members that are not given match all.
struct ServicePattern {
  std::optional<std::string> name;
  std::optional<std::string> type;
  std::optional<std::string> account_id;
};

struct FilterNode {
  enum class Kind : std::uint8_t {
    all,         // of parts; of none: true
    any,         // of parts
    negation,    // of parts[0]
    keyword,     // of the root segment, or of the visit inside service() and edge()
    annotation,  // `text` is its key
    has_annotation,
    service,  // a visit to `to` for which parts[0], if there is one, is true
    edge      // a call from `from` to `to`, likewise
  };

  Kind kind = Kind::all;
  FilterKeyword keyword = FilterKeyword::ok;
  Comparison comparison = Comparison::equal;
  std::string text;
  AnnotationValue value;  // that is compared with
  ServicePattern from;
  ServicePattern to;
  std::vector<FilterNode> parts;
};

}  // namespace spawn::view
