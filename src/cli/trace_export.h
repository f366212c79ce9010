// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
//
// `spawn trace export ID --format …`: a trace for other tools, or as a page for people, on stdout;
// and `spawn trace diff A B`: what changed from one trace to another.
#pragma once

#include <string>

#include "cli/parts.h"
#include "cli/table.h"

namespace CLI {
class App;
}

namespace spawn::cli {

struct ExportOptions {
  std::string id;
  std::string format;
  SourceRequest source{"xray", {}, {}, {}};
};
void add_export_options(CLI::App& command, ExportOptions& options);
int trace_export(const ExportOptions& options, const Parts& parts);

struct DiffOptions {
  std::string a;
  std::string b;
  SourceRequest source{"xray", {}, {}, {}};
  OutputOptions output;
};
void add_diff_options(CLI::App& diff, DiffOptions& options);
int trace_diff(const DiffOptions& options, const Parts& parts);

}  // namespace spawn::cli
