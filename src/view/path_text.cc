// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
#include "view/path_text.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <string_view>
#include <utility>
#include <vector>

#include "core/text.h"
#include "view/critical_path.h"
#include "view/duration.h"
#include "view/span_text.h"
#include "view/text_width.h"
#include "view/waterfall_rows.h"

namespace spawn::view {
namespace {

constexpr std::size_t kMostLines = 8;

struct Part {
  std::size_t row;
  std::int64_t ns = 0;
};

// What each span has of the path, in the order of its first piece. What an attempt has is its
// call's.
std::vector<Part> parts_of(const Tree& tree, const std::vector<PathPiece>& path) {
  std::vector<Part> parts;
  std::map<std::size_t, std::size_t> places;
  for (const PathPiece& piece : path) {
    const TreeRow& row = tree.rows[piece.row];
    const std::size_t shown =
        is_attempt(*row.span) && row.parent != kNoRow ? row.parent : piece.row;
    const auto [at, is_new] = places.emplace(shown, parts.size());
    if (is_new) parts.push_back({shown});
    parts[at->second].ns += time_between(piece.start_ns, piece.end_ns);
  }
  return parts;
}

// The longest ones, still in order; the rest is one number.
std::int64_t keep_longest(std::vector<Part>& parts) {
  if (parts.size() <= kMostLines) return 0;
  std::vector<std::int64_t> lengths;
  lengths.reserve(parts.size());
  for (const Part& part : parts) lengths.push_back(part.ns);
  std::ranges::nth_element(lengths, lengths.begin() + kMostLines - 1, std::ranges::greater());
  const std::int64_t least = lengths[kMostLines - 1];
  std::int64_t rest = 0;
  std::vector<Part> kept;
  for (const Part& part : parts) {
    if (part.ns >= least && kept.size() < kMostLines) {
      kept.push_back(part);
    } else {
      rest += part.ns;
    }
  }
  parts = std::move(kept);
  return rest;
}

// What is there is never 0 %.
std::string percent(double share) {
  return share > 0 && share < 0.005 ? "<1" : fmt::format("{:.0f}", 100 * share);
}

std::string ascii(std::string_view text) {
  std::string result;
  for (const char c : text) {
    if (static_cast<unsigned char>(c) < 0x80) result += c;
    if ((static_cast<unsigned char>(c) & 0xC0) == 0xC0) result += '?';
  }
  return result;
}

}  // namespace

std::string critical_path_text(const trace::Trace& trace, const WaterfallStyle& style) {
  const Tree tree = build_tree(trace);
  std::vector<Part> parts = parts_of(tree, critical_path(tree));
  if (parts.size() < 2) return {};
  std::int64_t total = 0;
  for (const Part& part : parts) total += part.ns;
  const std::size_t all = parts.size();
  const std::int64_t rest = keep_longest(parts);
  std::string text = fmt::format("Critical path: {}\n", duration_text(total, style.unicode));
  const auto add = [&](std::int64_t ns, const std::string& what) {
    const std::string took = duration_text(ns, style.unicode);
    const std::string line = fmt::format(
        "{}{}  {:>3} %  ", std::string(12 - std::min<std::size_t>(12, display_width(took)), ' '),
        took, percent(static_cast<double>(ns) / static_cast<double>(total)));
    const std::size_t room = std::max<std::size_t>(style.width, 60) - display_width(line);
    text += line + cut_to_width(what, room, style.unicode ? "…" : "...") + '\n';
  };
  for (const Part& part : parts) {
    const trace::SpanRecord& span = *tree.rows[part.row].span;
    std::string name = span.name().empty() ? "(no name)" : core::visible(span.name());
    if (!service_of(span).empty()) name += fmt::format(" ({})", core::visible(service_of(span)));
    add(part.ns, style.unicode ? name : ascii(name));
  }
  if (rest > 0) add(rest, fmt::format("{} more", all - parts.size()));
  return text;
}

}  // namespace spawn::view
