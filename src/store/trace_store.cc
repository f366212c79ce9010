// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
#include "store/trace_store.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>

#include "core/file.h"
#include "core/text.h"
#include "store/frame.h"
#include "store/trace_store_parts.h"
#include "trace/attributes.h"

namespace spawn::store {
namespace {

using core::Code;

constexpr std::int64_t kVersion = 1;  // of the schema: PRAGMA user_version

// What is only read with its trace is apart from what is searched. AUTOINCREMENT: a key is never
// used for another trace.
constexpr const char* kSchema = R"(
  CREATE TABLE traces (
    key INTEGER PRIMARY KEY AUTOINCREMENT, id BLOB NOT NULL UNIQUE, start_ns INTEGER NOT NULL,
    change INTEGER NOT NULL, arrived_ns INTEGER NOT NULL, bytes INTEGER NOT NULL,
    unfinished INTEGER NOT NULL);
  CREATE INDEX traces_by_start ON traces (start_ns, key);
  CREATE INDEX traces_by_change ON traces (change);
  CREATE INDEX traces_unfinished ON traces (change) WHERE unfinished;
  CREATE TABLE batches (key INTEGER PRIMARY KEY, trace INTEGER NOT NULL, spans BLOB NOT NULL);
  CREATE INDEX batches_by_trace ON batches (trace);
  CREATE TABLE documents (
    key INTEGER PRIMARY KEY, trace INTEGER NOT NULL, span INTEGER NOT NULL,
    in_progress INTEGER NOT NULL, text BLOB NOT NULL);
  CREATE INDEX documents_by_trace ON documents (trace);
  CREATE TABLE digests (trace INTEGER PRIMARY KEY, change INTEGER NOT NULL, digest BLOB NOT NULL);
  CREATE TABLE arrays (
    id TEXT NOT NULL, trace INTEGER NOT NULL, PRIMARY KEY (id, trace)) WITHOUT ROWID;
  CREATE INDEX arrays_by_trace ON arrays (trace);
  CREATE TABLE items (
    kind TEXT NOT NULL, name TEXT NOT NULL, json TEXT NOT NULL, PRIMARY KEY (kind, name))
    WITHOUT ROWID;
  CREATE TABLE counters (name TEXT PRIMARY KEY, value INTEGER NOT NULL) WITHOUT ROWID;
  INSERT INTO counters VALUES ('change', 0);
  PRAGMA user_version = 1;
)";

core::Result<std::int64_t> ask_number(Database& db, const char* sql) {
  Statement statement(db, sql);
  const auto row = statement.step();
  if (!row) return core::fail(row.error());
  return *row ? statement.number() : 0;
}

core::Status check_version(Database& db, std::int64_t version) {
  if (version == kVersion) return core::ok();
  return core::fail(
      Code::invalid_argument,
      fmt::format("trace store {}: it was written by another version of spawn (schema {}, this "
                  "one has {}); it was left as it is; use that spawn, or name another file",
                  core::visible(db.path()), version, kVersion));
}

// Whoever finds the file empty makes the tables, others wait for that.
core::Status prepare(Database& db) {
  const auto before = ask_number(db, "PRAGMA user_version");
  if (!before) return core::fail(before.error());
  if (*before != 0) {
    if (auto good = check_version(db, *before); !good) return good;
  }
  // The log is copied into the file every 16 MiB: each time waits for the disk twice.
  if (auto set =
          db.execute("PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL;"
                     "PRAGMA journal_size_limit = 67108864; PRAGMA wal_autocheckpoint = 4096;");
      !set) {
    return set;
  }
  if (*before != 0) return core::ok();
  Transaction transaction(db);
  if (auto begun = transaction.begin(); !begun) return begun;
  const auto version = ask_number(db, "PRAGMA user_version");
  if (!version) return core::fail(version.error());
  if (*version != 0) return check_version(db, *version);
  if (auto made = db.execute(kSchema); !made) return made;
  return transaction.commit();
}

}  // namespace

core::Result<std::string> traces_path(const core::Env& env) {
  if (const auto state = env.get_non_empty("XDG_STATE_HOME")) return *state + "/spawn/traces.db";
  if (const auto home = env.get_non_empty("HOME")) return *home + "/.local/state/spawn/traces.db";
  return core::fail(Code::invalid_argument,
                    "the trace store has no place: neither XDG_STATE_HOME nor HOME is set");
}

TraceStore::TraceStore(std::string path, core::Clock& clock, std::uint64_t max_bytes)
    : path_(std::move(path)), clock_(clock), max_bytes_(max_bytes) {}

TraceStore::~TraceStore() = default;

core::Result<std::unique_ptr<TraceStore>> TraceStore::open(const std::string& path,
                                                           core::Clock& clock,
                                                           std::uint64_t max_bytes) {
  // SQLite would make it with the umask; its -wal and -shm get the file's own mode.
  if (auto made = core::make_private_file(path); !made) {
    return core::fail(std::move(made.error()).while_("trace store"));
  }
  auto db = Database::open(path, Database::Access::read_write);
  if (!db) return core::fail(std::move(db.error()));
  if (auto prepared = prepare(*db); !prepared) return core::fail(std::move(prepared.error()));
  std::unique_ptr<TraceStore> store(new TraceStore(path, clock, max_bytes));
  store->writer_ = std::make_unique<Writer>(std::move(*db));
  return store;
}

// Spans of one trace in a batch, and what its row learns from them.
struct TraceStore::Part {
  std::string frames;
  std::map<const trace::Resource*, std::uint32_t> resources;
  std::int64_t start_ns = INT64_MAX;
  std::int64_t bytes = 0;
  bool unfinished = false;
  std::set<std::string, std::less<>> arrays;

  void add(const trace::SpanRecord& span);
};

void TraceStore::Part::add(const trace::SpanRecord& span) {
  std::uint32_t resource = 0;
  if (span.resource != nullptr) {
    const auto next = static_cast<std::uint32_t>(resources.size() + 1);
    const auto [at, is_new] = resources.emplace(span.resource, next);
    if (is_new) write_resource(*span.resource, next, frames);
    resource = at->second;
  }
  write_span(span, 0, kNoPosition, resource, frames);
  start_ns = std::min(start_ns, span.start_ns);
  unfinished = unfinished || span.in_progress;
  const std::string_view array = span.text(trace::key::kJobArrayId);
  if (!array.empty()) arrays.emplace(array);
}

TraceStore::Parts TraceStore::parts_of(std::span<const trace::SpanRecord> spans,
                                       std::span<const Document> documents) {
  Parts parts;
  for (const trace::SpanRecord& span : spans) parts[span.trace_id].add(span);
  for (const Document& document : documents) {
    const auto part = parts.find(document.trace_id);
    SPAWN_CHECK(part != parts.end());  // a document has spans
    part->second.bytes += static_cast<std::int64_t>(document.text.size());
  }
  return parts;
}

core::Status TraceStore::write(std::span<const trace::SpanRecord> spans,
                               std::span<const Document> documents) {
  if (spans.empty()) return core::ok();
  constexpr std::uint64_t kLookEvery = 32;
  const Parts parts = parts_of(spans, documents);
  const std::lock_guard lock(writing_);
  if (writes_++ % kLookEvery == 0) {
    if (auto made = make_room(); !made) return made;
  }
  Transaction transaction(writer_->db);
  if (auto begun = transaction.begin(); !begun) return begun;
  if (auto written = write_parts(parts, documents); !written) return written;
  return transaction.commit();
}

core::Status TraceStore::write_parts(const Parts& parts, std::span<const Document> documents) {
  const std::int64_t now = clock_.now().wall_ns;
  Writer& writer = *writer_;
  const auto change = writer.next_change();
  if (!change) return core::fail(change.error());
  std::map<trace::TraceId, std::int64_t> keys;
  for (const auto& [id, part] : parts) {
    const std::string id_bytes = bytes_of(id);
    writer.upsert.reset().bind_blob(id_bytes).bind(part.start_ns).bind(*change).bind(now);
    writer.upsert.bind(part.bytes).bind(part.unfinished ? 1 : 0);
    const auto row = writer.upsert.step();
    if (!row) return core::fail(row.error());
    const std::int64_t key = keys[id] = writer.upsert.number();
    writer.upsert.reset();
    writer.batch.reset().bind(key).bind_blob(part.frames);
    if (auto written = writer.batch.run(); !written) return written;
    for (const std::string& array : part.arrays) {
      writer.array.reset().bind(std::string_view(array)).bind(key);
      if (auto written = writer.array.run(); !written) return written;
    }
  }
  for (const Document& document : documents) {
    writer.document.reset().bind(keys[document.trace_id]);
    writer.document.bind(static_cast<std::int64_t>(document.id.value));
    writer.document.bind(document.in_progress ? 1 : 0).bind_blob(document.text);
    if (auto written = writer.document.run(); !written) return written;
  }
  return core::ok();
}

// A few hundred traces a transaction, so that others get their turn.
core::Status TraceStore::make_room() {
  Writer& writer = *writer_;
  const std::int64_t oldest = clock_.now().wall_ns - kMaxAgeNs;
  for (;;) {
    const auto used = ask_number(writer.db,
                                 "SELECT (SELECT page_count FROM pragma_page_count) - (SELECT "
                                 "freelist_count FROM pragma_freelist_count)");
    const auto page = ask_number(writer.db, "PRAGMA page_size");
    if (!used || !page) return core::fail(used ? page.error() : used.error());
    const bool full = static_cast<std::uint64_t>(*used * *page) > max_bytes_;
    Transaction transaction(writer.db);
    if (auto begun = transaction.begin(); !begun) return begun;
    const auto gone = writer.remove_oldest(full ? INT64_MAX : oldest);
    if (!gone) return core::fail(gone.error());
    if (auto committed = transaction.commit(); !committed) return committed;
    if (*gone == 0) return core::ok();
  }
}

core::Status TraceStore::set_digests(std::span<const MadeDigest> digests) {
  if (digests.empty()) return core::ok();
  const std::lock_guard lock(writing_);
  Transaction transaction(writer_->db);
  if (auto begun = transaction.begin(); !begun) return begun;
  Statement set(writer_->db,
                "INSERT OR REPLACE INTO digests SELECT key, change, ?1 FROM traces "
                "WHERE key = ?2 AND change = ?3");
  Statement ended(writer_->db,
                  "UPDATE traces SET unfinished = 0 WHERE key = ? AND change = ? AND unfinished");
  for (const auto& [row, digest, unfinished] : digests) {
    const auto change = static_cast<std::int64_t>(row.change);
    set.reset().bind_blob(digest).bind(row.key).bind(change);
    if (auto done = set.run(); !done) return done;
    if (unfinished || !row.unfinished) continue;
    if (auto done = ended.reset().bind(row.key).bind(change).run(); !done) return done;
  }
  return transaction.commit();
}

core::Status TraceStore::put_item(std::string_view kind, std::string_view name,
                                  std::string_view json) {
  const std::lock_guard lock(writing_);
  Statement put(writer_->db, "INSERT OR REPLACE INTO items VALUES (?, ?, ?)");
  return put.bind(kind).bind(name).bind(json).run();
}

core::Result<bool> TraceStore::remove_item(std::string_view kind, std::string_view name) {
  const std::lock_guard lock(writing_);
  Statement remove(writer_->db, "DELETE FROM items WHERE kind = ? AND name = ? RETURNING 1");
  return remove.bind(kind).bind(name).step();
}

trace::WriteReport LocalSink::write(std::span<const trace::SpanRecord> batch, core::Deadline) {
  trace::WriteReport report;
  const auto later = [&](const core::Error& error) {
    report.later = batch.size();
    report.reason = error.message;
    return report;
  };
  if (!store_) {
    auto opened = TraceStore::open(path_, clock_);
    if (!opened) return later(opened.error());
    store_ = std::move(*opened);
  }
  if (auto written = store_->write(batch); !written) return later(written.error());
  report.delivered = batch.size();
  return report;
}

}  // namespace spawn::store
