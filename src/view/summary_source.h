// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
//
// The port for traces in short, where they are kept so and none has to be read whole: X-Ray and the
// store of this machine, for commands that list traces.
#pragma once

#include <functional>
#include <span>

#include "core/result.h"
#include "trace/source.h"
#include "view/summary.h"

namespace spawn::view {

class SummarySource {
 public:
  SummarySource() = default;
  SummarySource(const SummarySource&) = delete;
  SummarySource& operator=(const SummarySource&) = delete;
  virtual ~SummarySource() = default;

  // As trace::TraceSource::find(); `query.filter` is obeyed where filters() says so. With an error,
  // what could be read was handed over all the same.
  using Found = std::function<void(TraceSummary summary)>;
  virtual core::Status find(const trace::TraceQuery& query, const Found& found) = 0;
  [[nodiscard]] virtual bool filters() const = 0;

  // Adds what find() could not tell (X-Ray's summaries have neither the root's name nor numbers of
  // spans and errors, nor which services are inferred) by reading the traces themselves. What is
  // gone meanwhile stays as it is, and with an error what could not be read.
  virtual core::Status complete(std::span<TraceSummary> summaries) = 0;
};

}  // namespace spawn::view
