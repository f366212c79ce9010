// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
#include "server/traces.h"

#include <fmt/format.h>

#include <utility>

#include "core/text.h"

namespace spawn::server {
namespace {

constexpr core::Nanos kPatience = std::chrono::milliseconds(250);
constexpr std::size_t kUnfinishedTraces = 200;

// "<start in ns>.<key>"
std::string token_of(const store::TraceRow& row) {
  return fmt::format("{}.{}", row.start_ns, row.key);
}

core::Result<store::TraceRange> range_of(const TraceQuery& query) {
  store::TraceRange range{query.from_ns, query.until_ns, {}};
  if (query.next.empty()) return range;
  const auto parts = core::split(query.next, '.');
  const auto start = core::parse_int(parts[0]);
  const auto key = parts.size() == 2 ? core::parse_int(parts[1]) : std::nullopt;
  if (!start || !key) {
    return core::fail(core::Code::invalid_argument,
                      fmt::format("'{}' is no token of a next page", core::visible(query.next)));
  }
  range.after_start_and_key = {*start, *key};
  return range;
}

core::Result<Digest> make_digest(store::TraceStore& store, const trace::TraceId& id,
                                 bool has_documents) {
  const auto trace = store.get(id);
  if (!trace) return core::fail(trace.error());
  core::Result<std::vector<store::Document>> documents;
  if (has_documents) documents = store.documents(id);
  if (!documents) return core::fail(documents.error());
  if (trace->spans.empty() && documents->empty()) {
    return core::fail(core::Code::io, fmt::format("trace store {}: trace {}: all of its spans are "
                                                  "damaged",
                                                  store.path(), id.xray()));
  }
  return digest_of(*trace, *documents);
}

// A trace that is gone meanwhile is none that could not be read.
void add(core::Error error, Unread& unread) {
  if (error.code == core::Code::not_found) return;
  if (unread.count++ == 0) unread.reason = std::move(error.message);
}

}  // namespace

// Digests that had to be made, until they are kept.
class Traces::Making {
 public:
  explicit Making(store::TraceStore& store) : store_(store) {}
  // For the sake of the next one who asks: that it could not be kept changes no answer.
  ~Making() { (void)keep(); }
  Making(const Making&) = delete;
  Making& operator=(const Making&) = delete;

  // Code::not_found when the trace is gone.
  core::Result<Digest> digest(const store::TraceRow& row) {
    if (!row.digest.empty()) {
      if (auto digest = digest_from(row.digest)) return std::move(*digest);
    }
    auto made = make_digest(store_, row.id, row.bytes > 0);
    if (!made) return made;
    made_.push_back({row, to_bytes(*made), made->unfinished_count > 0});
    made_.back().row.digest = {};
    if (made_.size() >= kAtOnce) (void)keep();
    return made;
  }

 private:
  static constexpr std::size_t kAtOnce = 1000;

  core::Status keep() {
    auto kept = store_.set_digests(made_);
    made_.clear();
    return kept;
  }

  store::TraceStore& store_;
  std::vector<store::MadeDigest> made_;
};

core::Result<TracePage> Traces::page(const TraceQuery& query) {
  const auto range = range_of(query);
  if (!range) return core::fail(range.error());
  const auto deadline = core::Deadline::after(clock_, kPatience);
  TracePage page;
  Making making(store_);
  const auto read = store_.for_each(*range, [&](const store::TraceRow& row) {
    ++page.processed;
    auto digest = making.digest(row);
    if (!digest) {
      add(std::move(digest.error()), page.unread);
    } else if (query.filter == nullptr || query.filter->matches(digest->summary)) {
      page.traces.push_back(std::move(*digest));
    }
    page.next = token_of(row);
    return page.traces.size() < query.limit && !deadline.passed(clock_);
  });
  if (!read) return core::fail(read.error());
  // Ended by itself: there are no more.
  if (page.traces.size() < query.limit && !deadline.passed(clock_)) page.next.clear();
  return page;
}

core::Result<Unread> Traces::all(const TraceQuery& query, const std::function<void(Digest)>& f) {
  const auto range = range_of(query);
  if (!range) return core::fail(range.error());
  Unread unread;
  core::Status busy = core::ok();
  Making making(store_);
  const auto read = store_.for_each(*range, [&](const store::TraceRow& row) {
    auto digest = making.digest(row);
    if (!digest && digest.error().code == core::Code::unavailable) {
      // The next one would wait as long in vain.
      busy = core::fail(std::move(digest.error()));
      return false;
    }
    if (!digest) {
      add(std::move(digest.error()), unread);
    } else if (query.filter == nullptr || query.filter->matches(digest->summary)) {
      f(std::move(*digest));
    }
    return true;
  });
  if (!read) return core::fail(read.error());
  if (!busy) return core::fail(std::move(busy.error()));
  return unread;
}

core::Result<Digest> Traces::one(const trace::TraceId& id) { return make_digest(store_, id, true); }

core::Status Traces::changed(std::uint64_t change, std::size_t limit,
                             const std::function<void(const Digest&, std::uint64_t)>& f) {
  Making making(store_);
  std::size_t told = 0;
  std::uint64_t last = change;
  return store_.for_each_changed_after(change, [&](const store::TraceRow& row) {
    // What was written at once is told at once: whoever goes on asks for what came after it.
    if (told >= limit && row.change != last) return false;
    if (const auto digest = making.digest(row)) f(*digest, row.change);
    last = row.change;
    ++told;
    return true;
  });
}

core::Result<std::vector<Digest>> Traces::unfinished() {
  std::vector<Digest> found;
  Making making(store_);
  const auto read = store_.for_each_unfinished([&](const store::TraceRow& row) {
    auto digest = making.digest(row);
    if (digest && digest->unfinished_count > 0) found.push_back(std::move(*digest));
    return found.size() < kUnfinishedTraces;
  });
  if (!read) return core::fail(read.error());
  return found;
}

core::Result<std::vector<Digest>> Traces::of_array(std::string_view array_id) {
  std::vector<Digest> found;
  Making making(store_);
  const auto read = store_.for_each_of_array(array_id, [&](const store::TraceRow& row) {
    if (auto digest = making.digest(row)) found.push_back(std::move(*digest));
    return true;
  });
  if (!read) return core::fail(read.error());
  return found;
}

}  // namespace spawn::server
