// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
//
// Keeps a run's spans for --show. The sink belongs to the telemetry, whose thread may outlive the
// run when another exporter hangs; so what is kept is shared, and locked.
#pragma once

#include <memory>
#include <mutex>
#include <string>

#include "core/json_write.h"
#include "core/result.h"
#include "trace/ids.h"
#include "trace/sink.h"
#include "trace/source.h"

namespace spawn::cli {

class KeptSpans {
 public:
  static std::unique_ptr<trace::SpanSink> sink_for(std::shared_ptr<KeptSpans> keeper);

  [[nodiscard]] core::Result<trace::Trace> trace(const trace::TraceId& id);

 private:
  class Sink;
  std::mutex mutex_;
  core::CharBuffer lines_;
};

}  // namespace spawn::cli
