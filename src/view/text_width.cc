// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
#include "view/text_width.h"

#include <algorithm>
#include <array>

namespace spawn::view {
namespace {

struct Range {
  char32_t first;
  char32_t last;
};

constexpr std::array kInvisible = {
    Range{0x0300, 0x036F}, Range{0x0483, 0x0489}, Range{0x0591, 0x05BD},  Range{0x0610, 0x061A},
    Range{0x064B, 0x065F}, Range{0x0670, 0x0670}, Range{0x06D6, 0x06DC},  Range{0x0900, 0x0902},
    Range{0x093C, 0x093C}, Range{0x0941, 0x0948}, Range{0x0E31, 0x0E31},  Range{0x0E34, 0x0E3A},
    Range{0x0E47, 0x0E4E}, Range{0x1AB0, 0x1AFF}, Range{0x1DC0, 0x1DFF},  Range{0x200B, 0x200F},
    Range{0x202A, 0x202E}, Range{0x2060, 0x2064}, Range{0x20D0, 0x20F0},  Range{0xFE00, 0xFE0F},
    Range{0xFE20, 0xFE2F}, Range{0xFEFF, 0xFEFF}, Range{0xE0100, 0xE01EF}};
constexpr std::array kWide = {
    Range{0x1100, 0x115F},   Range{0x231A, 0x231B},   Range{0x23E9, 0x23EC},
    Range{0x2614, 0x2615},   Range{0x26A1, 0x26A1},   Range{0x2705, 0x2705},
    Range{0x274C, 0x274E},   Range{0x2753, 0x2757},   Range{0x2E80, 0x303E},
    Range{0x3041, 0x4DBF},   Range{0x4E00, 0xA4CF},   Range{0xA960, 0xA97F},
    Range{0xAC00, 0xD7A3},   Range{0xF900, 0xFAFF},   Range{0xFE30, 0xFE6F},
    Range{0xFF00, 0xFF60},   Range{0xFFE0, 0xFFE6},   Range{0x1F300, 0x1F64F},
    Range{0x1F680, 0x1F6FF}, Range{0x1F900, 0x1FAFF}, Range{0x20000, 0x3FFFD}};

template <std::size_t N>
bool is_in(const std::array<Range, N>& ranges, char32_t point) {
  const auto at = std::ranges::lower_bound(ranges, point, {}, &Range::last);
  return at != ranges.end() && at->first <= point;
}

struct Character {
  std::size_t bytes;
  std::size_t columns;
};

Character first_character(std::string_view text) {
  const auto first = static_cast<unsigned char>(text[0]);
  if (first < 0x80) return {1, 1};
  const std::size_t bytes = std::min<std::size_t>(first < 0xE0   ? 2
                                                  : first < 0xF0 ? 3
                                                                 : 4,
                                                  text.size());
  char32_t point = first & (0x7FU >> bytes);
  for (std::size_t i = 1; i < bytes; ++i)
    point = point << 6 | (static_cast<unsigned char>(text[i]) & 0x3FU);
  return {bytes, is_in(kInvisible, point) ? 0U : is_in(kWide, point) ? 2U : 1U};
}

// How many bytes of the text fit.
std::size_t prefix_size(std::string_view text, std::size_t columns) {
  std::size_t at = 0;
  while (at < text.size()) {
    const Character c = first_character(text.substr(at));
    if (c.columns > columns) break;
    columns -= c.columns;
    at += c.bytes;
  }
  return at;
}

}  // namespace

std::size_t display_width(std::string_view text) {
  std::size_t columns = 0;
  for (std::size_t at = 0; at < text.size();) {
    const Character c = first_character(text.substr(at));
    columns += c.columns;
    at += c.bytes;
  }
  return columns;
}

std::string cut_to_width(std::string_view text, std::size_t columns, std::string_view ellipsis) {
  if (prefix_size(text, columns) == text.size()) return std::string(text);
  const std::size_t mark = display_width(ellipsis);
  if (mark > columns) return std::string(text.substr(0, prefix_size(text, columns)));
  std::string cut(text.substr(0, prefix_size(text, columns - mark)));
  return cut.append(ellipsis);
}

std::vector<std::string> wrap_to_width(std::string_view text, std::size_t columns,
                                       std::size_t max_lines, std::string_view ellipsis) {
  std::vector<std::string> lines;
  while (!text.empty()) {
    std::size_t size = prefix_size(text, columns);
    if (size == text.size() || lines.size() + 1 == max_lines) {
      lines.push_back(cut_to_width(text, columns, ellipsis));
      return lines;
    }
    const auto blank = text.substr(0, size + 1).rfind(' ');
    if (blank != std::string_view::npos && blank > 0) size = blank;
    // A character wider than the line still moves us on.
    size = std::max(size, first_character(text).bytes);
    lines.emplace_back(text.substr(0, size));
    text.remove_prefix(size);
    while (!text.empty() && text[0] == ' ') text.remove_prefix(1);
  }
  return lines;
}

}  // namespace spawn::view
