// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
//
// Rows of data for stdout, in the form that was asked for: a table that scans at a glance, text
// with tabs, or JSON with stable names for machines. One shape for every command that lists
// something.
#pragma once

#include <optional>
#include <ostream>
#include <string>
#include <string_view>
#include <vector>

#include "core/json.h"

namespace CLI {
class App;
}

namespace spawn::cli {

enum class OutputForm { table, json, jsonl, text };

struct OutputOptions {
  std::string output = "table";
  bool json = false;
  bool quiet = false;  // ids alone, one a line
};
void add_output_options(CLI::App& command, OutputOptions& options);
// Nothing when --output is none of the four.
std::optional<OutputForm> form_of(const OutputOptions& options);
// Says so, and returns the exit status.
int refuse_form(std::ostream& err, std::string_view command, const OutputOptions& options);

struct Column {
  std::string_view key;    // in JSON
  std::string_view title;  // in the table; "": there it is left out
};

class Table {
 public:
  // `id` is the key of the column that --quiet prints.
  Table(std::vector<Column> columns, std::string_view id);

  // As many cells as columns: texts, integers, or null where there is nothing to say.
  void add(std::vector<core::Json> cells);
  [[nodiscard]] bool empty() const { return rows_.empty(); }

  // Control characters never reach a terminal.
  void write(OutputForm form, bool quiet, std::ostream& out) const;

 private:
  void write_table(std::ostream& out) const;
  void write_text(std::ostream& out) const;
  void write_json(OutputForm form, std::ostream& out) const;

  std::vector<Column> columns_;
  std::size_t id_;
  std::vector<std::vector<core::Json>> rows_;
};

// "" becomes null.
core::Json text_or_null(std::string_view text);

}  // namespace spawn::cli
