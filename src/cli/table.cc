// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
#include "cli/table.h"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <utility>

#include "cli/command_line.h"
#include "core/result.h"
#include "core/text.h"
#include "view/text_width.h"

namespace spawn::cli {
namespace {

std::string text_of(const core::Json& cell) {
  if (const std::string* text = cell.string()) return core::visible(*text);
  return cell.is_null() ? "-" : cell.to_text();
}

}  // namespace

void add_output_options(CLI::App& command, OutputOptions& options) {
  command.add_option("-o,--output", options.output, "table (the default), json, jsonl, text")
      ->type_name("FORM");
  command.add_flag("--json", options.json, "The same as --output json");
  command.add_flag("-q,--quiet", options.quiet, "Ids alone, one a line");
}

std::optional<OutputForm> form_of(const OutputOptions& options) {
  if (options.json || options.output == "json") return OutputForm::json;
  if (options.output == "jsonl") return OutputForm::jsonl;
  if (options.output == "text") return OutputForm::text;
  if (options.output == "table") return OutputForm::table;
  return std::nullopt;
}

int refuse_form(std::ostream& err, std::string_view command, const OutputOptions& options) {
  return usage_error(
      err, command,
      fmt::format("--output: '{}' is none of table, json, jsonl, text", options.output));
}

core::Json text_or_null(std::string_view text) {
  return text.empty() ? core::Json() : core::Json(std::string(text));
}

Table::Table(std::vector<Column> columns, std::string_view id) : columns_(std::move(columns)) {
  const auto at = std::ranges::find(columns_, id, &Column::key);
  SPAWN_CHECK(at != columns_.end());
  id_ = static_cast<std::size_t>(at - columns_.begin());
}

void Table::add(std::vector<core::Json> cells) {
  SPAWN_CHECK(cells.size() == columns_.size());
  rows_.push_back(std::move(cells));
}

void Table::write(OutputForm form, bool quiet, std::ostream& out) const {
  if (quiet) {
    for (const auto& row : rows_) out << text_of(row[id_]) << '\n';
  } else if (form == OutputForm::table) {
    write_table(out);
  } else if (form == OutputForm::text) {
    write_text(out);
  } else {
    write_json(form, out);
  }
}

void Table::write_table(std::ostream& out) const {
  if (rows_.empty()) return;
  std::vector<std::vector<std::string>> lines(1 + rows_.size());
  for (std::size_t c = 0; c < columns_.size(); ++c) {
    if (columns_[c].title.empty()) continue;
    lines[0].emplace_back(columns_[c].title);
    for (std::size_t r = 0; r < rows_.size(); ++r) lines[r + 1].push_back(text_of(rows_[r][c]));
  }
  std::vector<std::size_t> widths(lines[0].size(), 0);
  for (const auto& line : lines) {
    for (std::size_t c = 0; c < line.size(); ++c) {
      widths[c] = std::max(widths[c], view::display_width(line[c]));
    }
  }
  for (const auto& line : lines) {
    std::string text;
    for (std::size_t c = 0; c < line.size(); ++c) {
      text += line[c];
      if (c + 1 < line.size()) text.append(widths[c] - view::display_width(line[c]) + 2, ' ');
    }
    out << text << '\n';
  }
}

void Table::write_text(std::ostream& out) const {
  for (const auto& row : rows_) {
    for (std::size_t c = 0; c < row.size(); ++c) out << (c > 0 ? "\t" : "") << text_of(row[c]);
    out << '\n';
  }
}

void Table::write_json(OutputForm form, std::ostream& out) const {
  const bool lines = form == OutputForm::jsonl;
  if (!lines) out << "[";
  for (std::size_t r = 0; r < rows_.size(); ++r) {
    core::Json::Object object;
    for (std::size_t c = 0; c < columns_.size(); ++c) {
      object.emplace_back(columns_[c].key, rows_[r][c]);
    }
    out << (lines || r == 0 ? "" : ",\n ") << core::Json(std::move(object)).to_text()
        << (lines ? "\n" : "");
  }
  if (!lines) out << "]\n";
}

}  // namespace spawn::cli
