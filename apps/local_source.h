// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
//
// Reads traces back from the trace store of this machine (`--from local`). What came as X-Ray
// documents is told as they tell it.
#pragma once

#include <memory>
#include <utility>

#include "store/trace_store.h"
#include "trace/source.h"

namespace spawn::apps {

class LocalSource final : public trace::TraceSource {
 public:
  explicit LocalSource(std::unique_ptr<store::TraceStore> store) : store_(std::move(store)) {}

  core::Result<trace::Trace> get(const trace::TraceId& id) override;
  core::Status find(const trace::TraceQuery& query, const Found& found) override;

 private:
  std::unique_ptr<store::TraceStore> store_;
};

}  // namespace spawn::apps
