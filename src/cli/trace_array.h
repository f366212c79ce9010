// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
//
// `spawn trace array ID`: a job array, a row a member, as the page's array view has it.
#pragma once

#include <string>

#include "cli/parts.h"
#include "cli/table.h"
#include "cli/trace_query.h"

namespace CLI {
class App;
}

namespace spawn::cli {

struct ArrayOptions {
  std::string id;
  QueryOptions query;
  OutputOptions output;
};
void add_array_options(CLI::App& array, ArrayOptions& options);
// The exit status.
int trace_array(const ArrayOptions& options, const Parts& parts);

}  // namespace spawn::cli
