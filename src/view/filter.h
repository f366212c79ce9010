// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
//
// X-Ray's filter expressions, parsed once and asked of many traces: for the local X-Ray API, the
// command line and the page. Grammar:
// https://docs.aws.amazon.com/xray/latest/devguide/xray-console-filters.html
//
//   ok error fault throttle partial root inferred       bare, with ! or NOT, with = true
//   responsetime duration http.status                   = != < <= > >= a number (seconds)
//   http.url http.method http.useragent http.clientip user name type message
//   instance.id availabilityzone resource.arn           = != CONTAINS BEGINSWITH ENDSWITH "text"
//   annotation.KEY, annotation[KEY]                     bare, or compared as text, number, boolean
//   service("name") {…}, edge("from", "to") {…}, id(name: "", type: "", account.id: "")
//   group.name, group.arn                               = "text"
//
// joined by AND, OR, NOT, parentheses; side by side means AND. Keywords are read in any case;
// values are compared as they are. Outside of service(){} and edge(){} a keyword is about the root
// segment or the whole trace. What there are several of (annotations, users) matches when one of
// them does. Pure; an expression never changes after it was parsed, and threads may share it.
#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "core/result.h"
#include "view/summary.h"

namespace spawn::view {

struct FilterError {
  std::size_t at = 0;        // byte of the expression
  std::size_t length = 1;    // of what is wrong; 0 at the end
  std::string message;       // one line, without the place
  bool unsupported = false;  // X-Ray knows it; we do not
};

// For a person: the message, the expression, and a line that points at the place.
std::string explain(std::string_view expression, const FilterError& error);

// The filter expression of a group, by name or ARN; nothing when there is no such group.
using FindGroup = std::function<std::optional<std::string>(std::string_view name_or_arn)>;

struct FilterNode;  // filter_node.h

class Filter {
 public:
  // The empty expression matches everything. Without `find_group` no group is known.
  static tl::expected<Filter, FilterError> parse(std::string_view expression,
                                                 const FindGroup& find_group = {});

  [[nodiscard]] bool matches(const TraceSummary& trace) const;

 private:
  explicit Filter(std::shared_ptr<const FilterNode> root) : root_(std::move(root)) {}

  std::shared_ptr<const FilterNode> root_;
};

}  // namespace spawn::view
