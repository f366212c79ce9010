// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
//
// Traces on this machine, in one SQLite file that any number of processes write and read at once
// (write-ahead log): the exporter `local`, `spawn trace serve`, `spawn trace show --from local`.
// What write() has taken survives the end of the process, whatever ends that; a loss of power may
// take the last moments. The file is its owner's alone.
//
// Spans are kept as they are, in batches; of spans that came as X-Ray documents, the documents are
// kept too, letter by letter. Nothing is ever changed in place: a later version of a span is read
// instead of an earlier one, and one that ended instead of one that had not. What is older than
// kMaxAge or more than max_bytes goes, the trace that was longest without news first.
//
// Safe for any thread: one writes, readers have connections of their own.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/clock.h"
#include "core/env.h"
#include "core/result.h"
#include "store/sqlite.h"
#include "trace/sink.h"
#include "trace/source.h"
#include "trace/span_record.h"

namespace spawn::store {

inline constexpr std::int64_t kMaxAgeNs = 30LL * 86'400 * 1'000'000'000;  // as long as X-Ray keeps
inline constexpr std::uint64_t kDefaultMaxBytes = std::uint64_t{4} << 30;

// $XDG_STATE_HOME/spawn/traces.db, or ~/.local/state/spawn/traces.db.
core::Result<std::string> traces_path(const core::Env& env);

// A segment document, or a subsegment's that came alone.
struct Document {
  trace::TraceId trace_id;
  trace::SpanId id;
  bool in_progress = false;
  std::string text;
};

// Valid as long as `documents`.
std::vector<std::string_view> texts_of(std::span<const Document> documents);

// A trace without its spans.
struct TraceRow {
  std::int64_t key = 0;  // in this file
  trace::TraceId id;
  std::int64_t start_ns = 0;  // of the earliest span
  std::uint64_t change = 0;   // the write that changed it last; they are counted
  std::uint64_t bytes = 0;    // of documents, as X-Ray counts them
  bool unfinished = false;    // some span of it may not have ended
  std::string_view digest;    // set_digest() of this very change, else empty; valid in the callback
};

// What somebody made of a trace as `row` tells of it.
struct MadeDigest {
  TraceRow row;
  std::string digest;
  bool unfinished = false;  // some span of it has really not ended
};

// What a reader asks for; newest start first, or by change.
struct TraceRange {
  std::int64_t from_ns = 0;
  std::int64_t until_ns = INT64_MAX;  // of the start, both included
  // Only what comes after this one in the order of the answer.
  std::optional<std::pair<std::int64_t, std::int64_t>> after_start_and_key;
};

class TraceStore {
 public:
  // Makes the file and the folders above it where they are missing. Code::io, permission_denied or
  // unavailable, with the path: a file of a newer version, a damaged or a locked one is left alone.
  static core::Result<std::unique_ptr<TraceStore>> open(const std::string& path, core::Clock& clock,
                                                        std::uint64_t max_bytes = kDefaultMaxBytes);
  ~TraceStore();
  TraceStore(const TraceStore&) = delete;
  TraceStore& operator=(const TraceStore&) = delete;

  [[nodiscard]] const std::string& path() const { return path_; }

  // All of it or nothing. Spans must have a resource, or null for none.
  core::Status write(std::span<const trace::SpanRecord> spans,
                     std::span<const Document> documents = {});
  // For whoever reads these traces next. Of no effect where a trace has changed since.
  core::Status set_digests(std::span<const MadeDigest> digests);

  // Code::not_found when there is no such trace.
  core::Result<trace::Trace> get(const trace::TraceId& id);
  core::Result<std::vector<Document>> documents(const trace::TraceId& id);
  core::Result<TraceRow> row(const trace::TraceId& id);

  // Calls f for each until it returns false. f may read other things from this store.
  using EachRow = std::function<bool(const TraceRow&)>;
  core::Status for_each(const TraceRange& range, const EachRow& f);
  core::Status for_each_changed_after(std::uint64_t change, const EachRow& f);
  core::Status for_each_unfinished(const EachRow& f);  // the last changed first
  core::Status for_each_of_array(std::string_view array_id, const EachRow& f);
  // The change that was written last.
  core::Result<std::uint64_t> last_change();

  // Small things beside the traces (sampling rules, groups): JSON by kind and name.
  core::Status put_item(std::string_view kind, std::string_view name, std::string_view json);
  core::Result<bool> remove_item(std::string_view kind, std::string_view name);  // was it there?
  core::Result<std::vector<std::pair<std::string, std::string>>> items(std::string_view kind);

 private:
  struct Part;
  using Parts = std::map<trace::TraceId, Part>;
  struct Writer;
  struct Reader;
  class Reading;

  static Parts parts_of(std::span<const trace::SpanRecord> spans,
                        std::span<const Document> documents);

  TraceStore(std::string path, core::Clock& clock, std::uint64_t max_bytes);
  core::Status write_parts(const Parts& parts, std::span<const Document> documents);
  core::Status make_room();
  core::Result<Reading> reading();
  core::Status load(Reader& reader, std::int64_t key, trace::Trace& to);

  std::string path_;
  core::Clock& clock_;
  std::uint64_t max_bytes_;
  std::mutex writing_;
  std::unique_ptr<Writer> writer_;
  std::uint64_t writes_ = 0;
  std::mutex reading_;
  std::vector<std::unique_ptr<Reader>> idle_;
};

// The exporter `local`. Opens the file with the first batch.
class LocalSink final : public trace::SpanSink {
 public:
  LocalSink(std::string path, core::Clock& clock) : path_(std::move(path)), clock_(clock) {}
  trace::WriteReport write(std::span<const trace::SpanRecord> batch,
                           core::Deadline deadline) override;

 private:
  std::string path_;
  core::Clock& clock_;
  std::unique_ptr<TraceStore> store_;
};

}  // namespace spawn::store
