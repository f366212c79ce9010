// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
//
// Reads a trace back from the X-Ray API (BatchGetTraces): documents → records, nested subsegments
// included, a Resource a segment; and finds traces by time and filter expression
// (GetTraceSummaries), newest first; their summaries alone, too.
#pragma once

#include <functional>
#include <span>
#include <string>
#include <vector>

#include "aws/caller.h"
#include "aws/endpoints.h"
#include "core/json.h"
#include "trace/source.h"

namespace spawn::xray {

class XRaySource final : public trace::TraceSource {
 public:
  XRaySource(aws::Caller& caller, aws::Endpoint endpoint);

  core::Result<trace::Trace> get(const trace::TraceId& id) override;
  core::Status find(const trace::TraceQuery& query, const Found& found) override;
  [[nodiscard]] bool filters() const override { return true; }

  // Those of them that there are, as find() hands traces over.
  core::Status get_all(std::span<const trace::TraceId> ids, const Found& found);
  // What find() would look for, as GetTraceSummaries tells it and without reading a trace, until f
  // returns false.
  using FoundSummary = std::function<bool(const core::Json& summary)>;
  core::Status find_summaries(const trace::TraceQuery& query, const FoundSummary& f);

 private:
  core::Status hand_over(std::vector<std::string> ids, const Found& found, bool& wanted);

  aws::Caller& caller_;
  aws::Endpoint endpoint_;
};

}  // namespace spawn::xray
