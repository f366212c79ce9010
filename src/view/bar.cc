// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
#include "view/bar.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <string_view>

namespace spawn::view {
namespace {

constexpr std::size_t kEighths = 8;

// The left n eighths of a cell.
constexpr std::array<std::string_view, 9> kLeft = {" ", "▏", "▎", "▍", "▌", "▋", "▊", "▉", "█"};

// A cell that is empty on its left: there are only two such blocks.
std::string_view right_part(std::size_t empty_eighths) {
  if (empty_eighths <= 2) return "█";
  return empty_eighths <= 5 ? "▐" : "▕";
}

std::string_view within_one_cell(std::size_t from, std::size_t to) {
  if (from >= kEighths / 2) return to - from >= 3 ? "▐" : "▕";
  return kLeft[to];
}

// The bar's cells, from the one where it starts to the one where it ends.
std::string unicode_cells(std::size_t from, std::size_t to, bool open) {
  const std::size_t first = from / kEighths;
  const std::size_t last = (to - 1) / kEighths;
  const std::size_t in_first = from % kEighths;
  const std::size_t in_last = to - last * kEighths;
  if (first == last) return std::string(open ? "▸" : within_one_cell(in_first, in_last));
  std::string cells(right_part(in_first));
  for (std::size_t i = first + 1; i < last; ++i) cells += kLeft[kEighths];
  return cells.append(open ? "▸" : kLeft[in_last]);
}

std::size_t cell_count(std::size_t from, std::size_t to) {
  return (to - 1) / kEighths - from / kEighths + 1;
}

std::string ascii_cells(std::size_t from, std::size_t to, bool open) {
  std::string cells(cell_count(from, to), '=');
  if (open) cells.back() = '>';
  return cells;
}

}  // namespace

std::string draw_bar(const Bar& bar, std::size_t columns, bool unicode) {
  const std::size_t all = columns * kEighths;
  if (all == 0) return {};
  const auto eighth_at = [&](double part) {
    return static_cast<std::size_t>(
        std::lround(std::clamp(part, 0.0, 1.0) * static_cast<double>(all)));
  };
  const std::size_t from = std::min(eighth_at(bar.start), all - 1);
  const std::size_t to = std::max(eighth_at(bar.end), from + 1);
  std::string line(from / kEighths, ' ');
  line += unicode ? unicode_cells(from, to, bar.open) : ascii_cells(from, to, bar.open);
  return line.append(columns - from / kEighths - cell_count(from, to), ' ');
}

}  // namespace spawn::view
