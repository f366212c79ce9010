// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
//
// `spawn trace cost [FILTER]`: what the traces of a time cost in X-Ray, and what they would have
// cost at lower sampling rates.
#pragma once

#include "cli/parts.h"
#include "cli/table.h"
#include "cli/trace_query.h"

namespace CLI {
class App;
}

namespace spawn::cli {

struct CostOptions {
  QueryOptions query;
  double price = 5.0;  // US dollars a million traces recorded
  OutputOptions output;
};
void add_cost_options(CLI::App& cost, CostOptions& options);
int trace_cost(const CostOptions& options, const Parts& parts);

}  // namespace spawn::cli
