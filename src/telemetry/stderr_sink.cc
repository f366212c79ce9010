// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
#include "telemetry/stderr_sink.h"

#include <unistd.h>

#include <cerrno>

#include "core/result.h"
#include "trace/jsonl.h"

namespace spawn::telemetry {

trace::WriteReport StderrSink::write(std::span<const trace::SpanRecord> batch, core::Deadline) {
  lines_.clear();
  for (const trace::SpanRecord& record : batch) trace::write_json_line(record, lines_);
  std::string_view rest = lines_.view();
  while (!rest.empty()) {
    const ssize_t written = ::write(fd_, rest.data(), rest.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) return {0, batch.size(), core::system_error("stderr", errno).message};
    rest.remove_prefix(static_cast<std::size_t>(written));
  }
  return {batch.size(), 0, {}};
}

}  // namespace spawn::telemetry
