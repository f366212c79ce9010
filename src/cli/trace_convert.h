// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
//
// `spawn trace convert`: spans from one text format into another, a file or stdin to stdout. What
// cannot be read is named on stderr, all else is written, and the exit status is 1. Secrets are
// hidden as before an exporter (trace/attribute_filter.h).
#pragma once

#include <string>
#include <vector>

#include "cli/parts.h"

namespace CLI {
class App;
}

namespace spawn::cli {

struct ConvertOptions {
  std::string from;
  std::string to;
  std::string file = "-";  // stdin
  // Of --to xray.
  std::vector<std::string> annotate;
  bool annotate_all = false;
  bool no_annotations = false;
  std::vector<std::string> log_groups;
};
void add_convert_options(CLI::App& convert, ConvertOptions& options);

int trace_convert(const ConvertOptions& options, const Parts& parts);

}  // namespace spawn::cli
