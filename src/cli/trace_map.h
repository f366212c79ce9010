// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
//
// `spawn trace map [FILTER]`: who calls whom, how often, how long and with which result, over the
// traces of a time or of one trace.
#pragma once

#include <string>

#include "cli/parts.h"
#include "cli/table.h"
#include "cli/trace_query.h"

namespace CLI {
class App;
}

namespace spawn::cli {

struct MapOptions {
  QueryOptions query;
  std::string trace;  // "": all that the query means
  OutputOptions output;
};
void add_map_options(CLI::App& map, MapOptions& options);
int trace_map(const MapOptions& options, const Parts& parts);

}  // namespace spawn::cli
