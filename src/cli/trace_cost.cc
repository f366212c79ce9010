// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
#include "cli/trace_cost.h"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <cmath>

#include "cli/command_line.h"
#include "core/text.h"

namespace spawn::cli {
namespace {

constexpr std::string_view kCommand = "spawn trace cost";
constexpr double kMonthNs = 30.0 * 86'400 * 1e9;

struct Seen {
  std::int64_t traces = 0;
  std::int64_t spans = 0;
  std::int64_t first_ns = INT64_MAX;
  std::int64_t last_ns = INT64_MIN;
};

// Of what was asked for; where that has no bounds, of what was found.
double length_ns(const trace::TraceQuery& query, const Seen& seen) {
  const std::int64_t start = query.start_ns == INT64_MIN ? seen.first_ns : query.start_ns;
  const std::int64_t end = query.end_ns == INT64_MAX ? seen.last_ns : query.end_ns;
  return static_cast<double>(end) - static_cast<double>(start);
}

std::string dollars(double amount) { return fmt::format("{:.{}f}", amount, amount < 0.01 ? 6 : 2); }

Table table_of(const Seen& seen, double length, double price) {
  using core::Json;
  Table table({{"sampling", "SAMPLING"},
               {"traces", "TRACES"},
               {"spans", "SPANS"},
               {"usd", "USD"},
               {"usd_a_month", "USD A MONTH"}},
              "sampling");
  for (const int percent : {100, 10, 1}) {
    const auto part = [&](std::int64_t all) {
      return std::llround(static_cast<double>(all) * percent / 100.0);
    };
    const double cost = static_cast<double>(seen.traces) * percent / 100.0 * price / 1e6;
    table.add({Json(fmt::format("{} %", percent)),
               Json(static_cast<std::int64_t>(part(seen.traces))),
               Json(static_cast<std::int64_t>(part(seen.spans))), Json(dollars(cost)),
               length > 0 ? Json(dollars(cost * kMonthNs / length)) : Json()});
  }
  return table;
}

}  // namespace

void add_cost_options(CLI::App& cost, CostOptions& options) {
  add_query_options(cost, options.query);
  cost.add_option("--price", options.price,
                  "US dollars for a million traces recorded (5; look at your "
                  "region's price list)")
      ->type_name("USD")
      // CLI11's own word for it is "Could not convert".
      ->check([](const std::string& typed) {
        const auto price = core::parse_double(typed);
        if (price && *price >= 0 && *price < 1e9) return std::string();
        return fmt::format("'{}' is no price; expected US dollars, 0 or more",
                           core::visible(typed));
      });
  add_output_options(cost, options.output);
}

int trace_cost(const CostOptions& options, const Parts& parts) {
  if (!form_of(options.output)) return refuse_form(parts.err, kCommand, options.output);
  TraceReading reading(kCommand, options.query, parts);
  if (const auto status = reading.prepare()) return *status;
  Seen seen;
  const auto read = reading.for_each_summary([&](const auto& summary) {
    ++seen.traces;
    seen.spans += static_cast<std::int64_t>(summary.spans);
    seen.first_ns = std::min(seen.first_ns, summary.start_ns);
    seen.last_ns = std::max(seen.last_ns, summary.start_ns + summary.duration_ns);
  });
  if (!read && seen.traces == 0) return reading.say(read.error());
  table_of(seen, length_ns(reading.query(), seen), options.price)
      .write(*form_of(options.output), options.output.quiet, parts.out);
  if (*form_of(options.output) == OutputForm::table) {
    parts.err << "spawn: what was recorded counts, not what happened: of "
                 "traces that were not "
                 "sampled nothing is known\n";
  }
  const int written = finish_output(parts.out, parts.err, "spawn");
  return written == 0 && !read ? reading.say(read.error()) : written;
}

}  // namespace spawn::cli
