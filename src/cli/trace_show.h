// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
//
// `spawn trace show ID --from xray|FILE`: one trace as a waterfall on stdout,
// with its critical path.
#pragma once

#include <string>

#include "cli/parts.h"

namespace CLI {
class App;
}

namespace spawn::cli {

struct ShowOptions {
  std::string id;
  SourceRequest source{"xray", {}, {}, {}};
  std::string color = "auto";
  std::string output = "text";
};
void add_show_options(CLI::App& show, ShowOptions& options);

// The exit status.
int trace_show(const ShowOptions& options, const Parts& parts);

// The trace that a person named; what went wrong was said, and the status is
// the other value.
tl::expected<trace::Trace, int> read_trace(const std::string& id, const SourceRequest& source,
                                           std::string_view command, const Parts& parts);

}  // namespace spawn::cli
