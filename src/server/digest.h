// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
//
// A stored trace in short: what lists, filters and the service graph ask for, as bytes beside the
// trace, so that a hundred thousand traces can be looked at without reading their spans. The bytes
// are read by the spawn that wrote them; others make them anew. Pure.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "store/trace_store.h"
#include "trace/source.h"
#include "view/summary.h"

namespace spawn::server {

// A span that has not ended.
struct Unfinished {
  trace::SpanId id;
  trace::SpanId parent;
  std::string service;
  std::string name;
  std::int64_t start_ns = 0;
};

struct Digest {
  static constexpr std::size_t kMaxUnfinished = 100;

  view::TraceSummary summary;
  std::uint64_t unfinished_count = 0;
  std::vector<Unfinished> unfinished;  // the first kMaxUnfinished of them
  std::string array_id;                // "" for none
};

// `documents` as the store has them: what came as documents is told as they tell it.
Digest digest_of(const trace::Trace& trace, const std::vector<store::Document>& documents);

std::string to_bytes(const Digest& digest);
// Nothing when they are of another format, or damaged.
std::optional<Digest> digest_from(std::string_view bytes);

}  // namespace spawn::server
