// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
//
// A way to write spans as text and to read them back: JSON lines, OTLP JSON, X-Ray documents. For
// `spawn trace convert`. What cannot be read is named, and never stops the rest.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/json_write.h"
#include "core/result.h"
#include "trace/document_settings.h"
#include "trace/resource.h"
#include "trace/span_record.h"

namespace spawn::trace {

// Spans of any number of traces. Owns the resources that its records point to.
struct SpanSet {
  std::vector<SpanRecord> spans;
  std::vector<std::unique_ptr<const Resource>> resources;
  // One line each, for people: where, what is wrong with it. Hostile input can have a problem every
  // two bytes, so the first kMaxProblems are kept and all are counted.
  std::vector<std::string> problems;
  std::size_t problem_count = 0;
  std::size_t refused = 0;  // spans that could not be read
  // What was passed over and is no loss ("2 lines are no spans").
  std::vector<std::string> notes;
  // For who reads what anybody may send: more are refused.
  std::size_t max_spans = SIZE_MAX;

  static constexpr std::size_t kMaxProblems = 1000;
  void add_problem(std::string problem) {
    ++problem_count;
    if (problems.size() < kMaxProblems) problems.push_back(std::move(problem));
  }
};

class SpanFormat {
 public:
  SpanFormat() = default;
  SpanFormat(const SpanFormat&) = delete;
  SpanFormat& operator=(const SpanFormat&) = delete;
  virtual ~SpanFormat() = default;

  [[nodiscard]] virtual std::string_view name() const = 0;  // "jsonl"
  // An Error (Code::invalid_argument) when the text is of another format altogether.
  [[nodiscard]] virtual core::Result<SpanSet> read(std::string_view text) const = 0;
  // Appends whole lines. The settings are for X-Ray's documents; other formats have nothing to
  // choose.
  virtual void write(std::span<const SpanRecord> spans, const DocumentSettings& settings,
                     core::CharBuffer& out) const = 0;
};

}  // namespace spawn::trace
