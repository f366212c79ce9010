// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
//
// Questions about many traces, answered from their digests; a digest that is missing is made on
// the way, and kept for the next one who asks (most are made ahead: digester.h). Safe for any
// thread.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/clock.h"
#include "core/result.h"
#include "server/digest.h"
#include "store/trace_store.h"
#include "view/filter.h"

namespace spawn::server {

struct TraceQuery {
  std::int64_t from_ns = 0;
  std::int64_t until_ns = INT64_MAX;  // of the start
  const view::Filter* filter = nullptr;
  std::size_t limit = 100;
  std::string next;  // of the page before
};

// Traces that are there and could not be read: left out of an answer, but not without a word.
struct Unread {
  std::size_t count = 0;
  std::string reason;  // of the first
};

struct TracePage {
  std::vector<Digest> traces;  // newest start first
  std::string next;            // "" at the end
  std::size_t processed = 0;   // traces looked at
  Unread unread;
};

class Traces {
 public:
  Traces(store::TraceStore& store, core::Clock& clock) : store_(store), clock_(clock) {}

  // Looks no longer than a quarter of a second: a page may be short, or empty, and have a next one.
  // Code::invalid_argument when `next` is none.
  core::Result<TracePage> page(const TraceQuery& query);
  // All that match; f(Digest) by newest start. Takes as long as it takes. Code::unavailable when
  // the store is busy for too long; f got those before.
  core::Result<Unread> all(const TraceQuery& query, const std::function<void(Digest)>& f);
  core::Result<Digest> one(const trace::TraceId& id);

  // f(Digest, change) for those that changed after `change`, oldest change first; about `limit`,
  // since what was written at once is told at once.
  core::Status changed(std::uint64_t change, std::size_t limit,
                       const std::function<void(const Digest&, std::uint64_t change)>& f);
  // Traces with spans that had not ended when they were last heard of; the newest 200.
  core::Result<std::vector<Digest>> unfinished();
  core::Result<std::vector<Digest>> of_array(std::string_view array_id);

 private:
  class Making;

  store::TraceStore& store_;
  core::Clock& clock_;
};

}  // namespace spawn::server
