// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
#include "view/breakage.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "core/text.h"
#include "trace/attributes.h"
#include "view/duration.h"
#include "view/waterfall_rows.h"

namespace spawn::view {
namespace {

using Kind = Breakage::Kind;
namespace key = trace::key;

// Clocks that are kept by NTP differ by less.
constexpr std::int64_t kNoSkewNs = 1'000'000;

std::string counted(std::size_t count, std::string_view what) {
  return fmt::format("{} {}{}", count, what, count == 1 ? "" : "s");
}

std::int64_t skew_of(const Tree& tree, std::size_t row) {
  const std::size_t parent = tree.rows[row].parent;
  if (parent == kNoRow) return 0;
  return time_between(tree.rows[row].span->start_ns, tree.rows[parent].span->start_ns);
}

std::vector<std::size_t> rows_where(const Tree& tree, const auto& is_so) {
  std::vector<std::size_t> rows;
  for (std::size_t i = 0; i < tree.rows.size(); ++i) {
    if (is_so(i)) rows.push_back(i);
  }
  return rows;
}

std::string skew_text(const Tree& tree, const std::vector<std::size_t>& rows) {
  const std::size_t worst =
      *std::ranges::max_element(rows, {}, [&](std::size_t row) { return skew_of(tree, row); });
  const auto& child = *tree.rows[worst].span;
  const auto& parent = *tree.rows[tree.rows[worst].parent].span;
  std::string whose = "the clock went back";
  if (service_of(child) != service_of(parent) || child.resource != parent.resource) {
    whose = fmt::format("the clocks of {} and {} differ", core::visible(service_of(parent)),
                        core::visible(service_of(child)));
  }
  return fmt::format("{} began before the span that caused {}, up to {}: {}",
                     counted(rows.size(), "span"), rows.size() == 1 ? "it" : "them",
                     duration_text(skew_of(tree, worst), false), whose);
}

}  // namespace

std::vector<Breakage> find_breakages(const trace::Trace& trace, const Tree& tree) {
  std::vector<Breakage> found;
  const auto span = [&](std::size_t row) -> const trace::SpanRecord& {
    return *tree.rows[row].span;
  };
  const auto look = [&](Kind kind, const auto& is_so, const auto& text) {
    auto rows = rows_where(tree, is_so);
    if (rows.empty()) return;
    std::string said = text(rows);
    found.push_back({kind, std::move(rows), std::move(said)});
  };
  const auto says = [](std::string_view what) {
    return [what](const std::vector<std::size_t>& rows) {
      return counted(rows.size(), "span").append(what);
    };
  };
  look(
      Kind::missing_parent, [&](std::size_t row) { return tree.rows[row].missing_parent; },
      says(": the parent is not in this trace (still running, lost, or "
           "recorded elsewhere)"));
  look(
      Kind::circle, [&](std::size_t row) { return tree.rows[row].cut_circle; },
      says(": the parents form a circle, which is cut here"));
  look(
      Kind::clock_skew, [&](std::size_t row) { return skew_of(tree, row) > kNoSkewNs; },
      [&](const std::vector<std::size_t>& rows) { return skew_text(tree, rows); });
  look(
      Kind::unfinished, [&](std::size_t row) { return span(row).in_progress; },
      says(" had not ended when this was read"));
  look(
      Kind::abandoned,
      [&](std::size_t row) { return span(row).find(key::kUnfinished).has_value(); },
      says(" never ended: the process was gone, and a successor closed what it "
           "found open"));
  if (trace.limit_exceeded) {
    found.push_back(
        {Kind::cut, {}, "X-Ray dropped parts of this trace: it is over the size limit"});
  }
  look(
      Kind::continued, [&](std::size_t row) { return span(row).find(key::kContinues).has_value(); },
      [&](const std::vector<std::size_t>& rows) {
        return "it goes on from trace " +
               core::visible(span(rows.front()).find(key::kContinues)->display()) +
               ", which X-Ray found too large";
      });
  return found;
}

}  // namespace spawn::view
