// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
//
// The `stdout` exporter of the guide: one JSON object a line, to stderr (trace/jsonl.h says which
// keys). A batch is written with one system call where the kernel allows, so lines of several
// processes on one stderr do not mix.
#pragma once

#include "core/json_write.h"
#include "trace/sink.h"

namespace spawn::telemetry {

class StderrSink final : public trace::SpanSink {
 public:
  // The descriptor is borrowed; STDERR_FILENO but in tests.
  explicit StderrSink(int fd) : fd_(fd) {}

  trace::WriteReport write(std::span<const trace::SpanRecord> batch,
                           core::Deadline deadline) override;

 private:
  int fd_;
  core::CharBuffer lines_;
};

}  // namespace spawn::telemetry
