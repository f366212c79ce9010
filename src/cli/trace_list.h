// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
//
// `spawn trace list [FILTER]`: the traces of a time, newest first, a row each; and `spawn trace
// tail [FILTER]`, which goes on with those that come.
#pragma once

#include "agent/child_process.h"
#include "cli/parts.h"
#include "cli/table.h"
#include "cli/trace_query.h"

namespace CLI {
class App;
}

namespace spawn::cli {

struct ListOptions {
  QueryOptions query;
  OutputOptions output;
};
void add_trace_list_options(CLI::App& list, ListOptions& options);
int trace_list(const ListOptions& options, const Parts& parts);

// Until it is interrupted: how to leave.
agent::ExitStatus trace_tail(const ListOptions& options, const Parts& parts);

}  // namespace spawn::cli
