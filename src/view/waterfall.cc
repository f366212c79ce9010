// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
#include "view/waterfall.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>
#include <string_view>
#include <utility>
#include <vector>

#include "core/text.h"
#include "core/time_text.h"
#include "view/bar.h"
#include "view/breakage.h"
#include "view/duration.h"
#include "view/span_text.h"
#include "view/text_width.h"
#include "view/waterfall_rows.h"

namespace spawn::view {
namespace {

constexpr std::size_t kLeastWidth = 60;
constexpr std::size_t kMessageLines = 4;

enum class Paint { plain, bold, dim, red, cyan };

struct Glyphs {
  std::string_view tee, elbow, pipe, blank;  // three columns each
  std::string_view deeper;                   // stands for levels that are not drawn
  std::string_view failed, missing_parent, circle;
  std::string_view ellipsis, dot;
};
constexpr Glyphs kUnicode = {"├─ ", "└─ ", "│  ", "   ", "…  ", "✗ ", "? ", "* ", "…", " · "};
constexpr Glyphs kAscii = {"|- ", "`- ", "|  ", "   ", ".. ", "! ", "? ", "* ", "...", " - "};
constexpr std::size_t kLevelColumns = 3;

class Picture {
 public:
  Picture(const trace::Trace& trace, const WaterfallStyle& style)
      : trace_(trace),
        color_(style.color),
        unicode_(style.unicode),
        glyphs_(style.unicode ? kUnicode : kAscii),
        width_(std::max(style.width, kLeastWidth)),
        tree_(build_tree(trace)),
        rows_(choose_rows(tree_)),
        total_ns_(time_between(tree_.start_ns, tree_.end_ns)) {}

  std::string draw() {
    head();
    if (rows_.empty()) return std::move(out_);
    measure();
    axis();
    for (const WaterfallRow& row : rows_) draw_row(row);
    notes();
    return std::move(out_);
  }

 private:
  // --- text ---
  // Without unicode a character that is none of ASCII is shown as '?'.
  [[nodiscard]] std::string printable(std::string_view text) const {
    std::string safe = core::visible(text);
    if (unicode_) return safe;
    std::string ascii;
    for (const char c : safe) {
      if (static_cast<unsigned char>(c) < 0x80) ascii += c;
      if ((static_cast<unsigned char>(c) & 0xC0) == 0xC0) ascii += '?';
    }
    return ascii;
  }

  void put(std::string_view text, Paint paint = Paint::plain) {
    constexpr std::string_view kCodes[] = {"", "\x1b[1m", "\x1b[2m", "\x1b[31m", "\x1b[36m"};
    if (!color_ || paint == Paint::plain || text.empty()) {
      out_ += text;
      return;
    }
    out_.append(kCodes[static_cast<std::size_t>(paint)]).append(text).append("\x1b[0m");
  }

  // Parts side by side while they fit, each line after `prefix`.
  void put_parts(std::string_view prefix, const std::vector<std::string>& parts, Paint paint) {
    const std::size_t room = width_ - display_width(prefix);
    std::string line;
    for (const std::string& part : parts) {
      if (line.empty()) {
        line = part;
      } else if (display_width(line) + display_width(glyphs_.dot) + display_width(part) <= room) {
        line.append(glyphs_.dot).append(part);
      } else {
        put_wrapped(prefix, line, paint);
        line = part;
      }
    }
    put_wrapped(prefix, line, paint);
  }
  void put_line(std::string_view prefix, std::string_view text, Paint paint) {
    put(prefix, Paint::dim);
    put(text, paint);
    out_ += '\n';
  }
  void put_wrapped(std::string_view prefix, std::string_view text, Paint paint) {
    const std::size_t room = width_ - display_width(prefix);
    for (const auto& line : wrap_to_width(text, room, kMessageLines, glyphs_.ellipsis)) {
      put_line(prefix, line, paint);
    }
  }

  // --- head and foot ---
  void head() {
    put(fmt::format("Trace {}", trace_.id.xray()), Paint::bold);
    out_ += '\n';
    put(fmt::format("W3C   {}", trace_.id.hex()), Paint::dim);
    out_ += '\n';
    std::set<std::string_view> services;
    std::size_t errors = 0;
    for (const auto& span : trace_.spans) {
      if (!service_of(span).empty()) services.insert(service_of(span));
      if (span.status == trace::StatusCode::error && !is_attempt(span)) ++errors;
    }
    std::vector<std::string> parts;
    if (!trace_.spans.empty()) {
      std::string start = core::rfc3339(tree_.start_ns).substr(0, 23);
      start[10] = ' ';
      parts = {start + " UTC", duration_text(total_ns_, unicode_)};
    }
    parts.push_back(counted(trace_.spans.size(), "span"));
    parts.push_back(counted(services.size(), "service"));
    parts.push_back(errors == 0 ? "no errors" : counted(errors, "error"));
    put_parts("", parts, Paint::plain);
  }

  static std::string counted(std::size_t count, std::string_view what) {
    return fmt::format("{} {}{}", count, what, count == 1 ? "" : "s");
  }

  void notes() {
    std::vector<std::string> lines;
    for (const Breakage& one : find_breakages(trace_, tree_)) {
      std::string line = printable(one.text);
      if (one.kind == Breakage::Kind::missing_parent) line.insert(0, glyphs_.missing_parent);
      if (one.kind == Breakage::Kind::circle) line.insert(0, glyphs_.circle);
      lines.push_back(std::move(line));
    }
    for (const std::string& note : trace_.notes) lines.push_back(printable(note));
    if (!lines.empty()) out_ += '\n';
    for (const std::string& line : lines) put_wrapped("", line, Paint::dim);
  }

  // --- columns ---
  void measure() {
    const std::size_t most = width_ / 2;
    levels_ = most * 6 / 10 / kLevelColumns;
    std::size_t widest = 0;
    duration_columns_ = 0;
    for (const WaterfallRow& row : rows_) {
      const std::size_t levels = row.depth - hidden_levels(row);
      widest = std::max(widest, levels * kLevelColumns + display_width(label(row)));
      duration_columns_ = std::max(duration_columns_, display_width(duration(row)));
    }
    label_columns_ = std::min(widest, most);
    bar_columns_ = width_ - label_columns_ - duration_columns_ - 4;
  }

  void axis() {
    const std::string middle = duration_text(total_ns_ / 2, unicode_);
    const std::string end = duration_text(total_ns_, unicode_);
    std::string scale = "0";
    if (bar_columns_ / 2 > middle.size() + end.size()) {
      scale.append(bar_columns_ / 2 - 1, ' ').append(middle);
    }
    const std::size_t used = display_width(scale) + display_width(end);
    if (used < bar_columns_) scale.append(bar_columns_ - used, ' ').append(end);
    out_ += '\n';
    out_.append(label_columns_ + 2, ' ');
    put(scale, Paint::dim);
    out_ += '\n';
  }

  // --- rows ---
  [[nodiscard]] std::string duration(const WaterfallRow& row) const {
    if (row.span->in_progress) return "running";
    return duration_text(time_between(row.span->start_ns, row.span->end_ns), unicode_);
  }

  [[nodiscard]] std::string label(const WaterfallRow& row) const {
    std::string text;
    if (row.in_tree->missing_parent) text += glyphs_.missing_parent;
    if (row.in_tree->cut_circle) text += glyphs_.circle;
    if (row.span->status == trace::StatusCode::error) text += glyphs_.failed;
    text += row.span->name().empty() ? "(no name)" : printable(row.span->name());
    if (row.attempt) {
      if (row.waited_ns > 0) {
        text.append(" after ").append(duration_text(row.waited_ns, unicode_));
      }
      if (const auto outcome = outcome_text(*row.span); !outcome.empty()) {
        text.append(glyphs_.dot).append(printable(outcome));
      }
    }
    if (!row.new_service.empty()) text.append(" [").append(printable(row.new_service)).append("]");
    return text;
  }

  [[nodiscard]] std::size_t hidden_levels(const WaterfallRow& row) const {
    return row.depth > levels_ ? row.depth - levels_ : 0;
  }

  // The guides of the drawn levels up to `depth`, each a pipe where its list goes on below.
  [[nodiscard]] std::string guides(const WaterfallRow& row, std::size_t depth) const {
    const std::size_t hidden = hidden_levels(row);
    std::string text;
    for (std::size_t level = hidden + 1; level <= depth; ++level) {
      if (hidden > 0 && level == hidden + 1) {
        text += glyphs_.deeper;
      } else {
        text += goes_on_[level] ? glyphs_.pipe : glyphs_.blank;
      }
    }
    return text;
  }

  [[nodiscard]] std::string guides_before(const WaterfallRow& row) const {
    if (row.depth == 0) return {};
    return guides(row, row.depth - 1).append(row.last_child ? glyphs_.elbow : glyphs_.tee);
  }

  [[nodiscard]] std::string guides_below(const WaterfallRow& row) const {
    return guides(row, row.depth).append(row.has_children ? glyphs_.pipe : glyphs_.blank);
  }

  void draw_row(const WaterfallRow& row) {
    goes_on_.resize(row.depth + 1);
    goes_on_[row.depth] = !row.last_child;
    const bool failed = row.span->status == trace::StatusCode::error;
    const std::string before = guides_before(row);
    const std::size_t room = label_columns_ - (row.depth - hidden_levels(row)) * kLevelColumns;
    const std::string text = cut_to_width(label(row), room, glyphs_.ellipsis);
    const std::string took = duration(row);
    put(before, Paint::dim);
    put(text, failed ? Paint::red : row.attempt ? Paint::dim : Paint::plain);
    out_.append(room - display_width(text) + 2, ' ');
    const Paint bar_paint = failed ? Paint::red : row.attempt ? Paint::dim : Paint::cyan;
    put(draw_bar(bar(row), bar_columns_, unicode_), bar_paint);
    out_.append(duration_columns_ - display_width(took) + 2, ' ').append(took).append("\n");
    if (!row.attempt) draw_details(row);
  }

  void draw_details(const WaterfallRow& row) {
    std::vector<std::string> parts = facts(*row.span);
    for (std::string& part : parts) part = printable(part);
    const bool failed = row.span->status == trace::StatusCode::error;
    const std::string before = guides_below(row);
    put_parts(before, parts, failed ? Paint::red : Paint::dim);
    put_wrapped(before, printable(failure_message(*row.span)), Paint::red);
    put_wrapped(before, links_text(*row.span), Paint::dim);
  }

  [[nodiscard]] Bar bar(const WaterfallRow& row) const {
    if (total_ns_ == 0) return {0, 0, row.span->in_progress};
    const auto part = [&](std::int64_t at) {
      return static_cast<double>(time_between(tree_.start_ns, at)) / static_cast<double>(total_ns_);
    };
    if (row.span->in_progress) return {part(row.span->start_ns), 1, true};
    return {part(row.span->start_ns), part(row.span->end_ns), false};
  }

  const trace::Trace& trace_;
  bool color_;
  bool unicode_;
  const Glyphs& glyphs_;
  std::size_t width_;
  Tree tree_;
  std::vector<WaterfallRow> rows_;
  std::int64_t total_ns_;
  std::size_t levels_ = 0;  // of the tree that are drawn; deeper rows lose their outermost guides
  std::size_t label_columns_ = 0;
  std::size_t bar_columns_ = 0;
  std::size_t duration_columns_ = 0;
  std::vector<bool> goes_on_;  // by depth, for the row being drawn
  std::string out_;
};

}  // namespace

std::string waterfall(const trace::Trace& trace, const WaterfallStyle& style) {
  return Picture(trace, style).draw();
}

}  // namespace spawn::view
