// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <algorithm>
#include <unordered_map>

#include "store/frame.h"
#include "store/trace_store.h"
#include "store/trace_store_parts.h"
#include "trace/merge.h"
#include "trace/resource_pool.h"

namespace spawn::store {
namespace {

constexpr std::string_view kSelectRows =
    "SELECT t.key, t.id, t.start_ns, t.change, t.bytes, t.unfinished, d.digest FROM traces t "
    "LEFT JOIN digests d ON d.trace = t.key AND d.change = t.change ";

std::string select_rows(std::string_view which) { return std::string(kSelectRows).append(which); }

TraceRow read_row(Statement& statement) {
  TraceRow row;
  row.key = statement.number();
  row.id = id_from(statement.bytes());
  row.start_ns = statement.number();
  row.change = static_cast<std::uint64_t>(statement.number());
  row.bytes = static_cast<std::uint64_t>(statement.number());
  row.unfinished = statement.number() != 0;
  row.digest = statement.bytes();
  return row;
}

core::Status each_row(Statement& statement, const TraceStore::EachRow& f) {
  for (;;) {
    const auto found = statement.step();
    if (!found) return core::fail(found.error());
    if (!*found || !f(read_row(statement))) return core::ok();
  }
}

// The spans of one batch. False: some of it is damaged.
bool read_batch(std::string_view bytes, trace::ResourcePool& pool, trace::Trace& to) {
  std::unordered_map<std::uint32_t, const trace::Resource*> resources;
  while (!bytes.empty()) {
    std::size_t missing = 0;
    const auto frame = read_frame(bytes, missing);
    if (!frame) return false;
    bytes.remove_prefix(frame->size);
    if (frame->kind == FrameKind::resource) {
      auto resource = read_resource(frame->body);
      if (!resource) return false;
      resources[resource->id] = pool.get(std::move(resource->resource));
      continue;
    }
    SpanFrame span;
    trace::SpanRecord& record = to.spans.emplace_back();
    if (!read_span(frame->body, span, record)) {
      to.spans.pop_back();
      return false;
    }
    const auto resource = resources.find(span.resource);
    record.resource = resource == resources.end() ? nullptr : resource->second;
  }
  return true;
}

core::Error no_such_trace(const std::string& path, const trace::TraceId& id) {
  return {core::Code::not_found, fmt::format("trace store {} has no trace {}", path, id.hex())};
}

}  // namespace

std::vector<std::string_view> texts_of(std::span<const Document> documents) {
  std::vector<std::string_view> texts;
  texts.reserve(documents.size());
  for (const Document& document : documents) texts.emplace_back(document.text);
  return texts;
}

std::string bytes_of(const trace::TraceId& id) {
  std::string bytes(16, '\0');
  for (std::size_t i = 0; i < 8; ++i) {
    bytes[i] = static_cast<char>(id.high >> (56 - 8 * i));
    bytes[i + 8] = static_cast<char>(id.low >> (56 - 8 * i));
  }
  return bytes;
}

trace::TraceId id_from(std::string_view bytes) {
  trace::TraceId id;
  if (bytes.size() != 16) return id;
  for (std::size_t i = 0; i < 8; ++i) {
    id.high = id.high << 8 | static_cast<unsigned char>(bytes[i]);
    id.low = id.low << 8 | static_cast<unsigned char>(bytes[i + 8]);
  }
  return id;
}

TraceStore::Reader::Reader(Database&& opened)
    : db(std::move(opened)), row(db, select_rows("WHERE t.id = ?")) {}

core::Result<std::uint64_t> TraceStore::Writer::next_change() {
  const auto row = change.reset().step();
  if (!row) return core::fail(row.error());
  const auto value = static_cast<std::uint64_t>(change.number());
  change.reset();
  return value;
}

core::Result<std::size_t> TraceStore::Writer::remove_oldest(std::int64_t arrived_ns) {
  constexpr const char* kOldest =
      "SELECT key FROM (SELECT key, arrived_ns FROM traces ORDER BY change LIMIT 256) "
      "WHERE arrived_ns < ?";
  std::vector<std::int64_t> keys;
  {
    Statement oldest(db, kOldest);
    oldest.bind(arrived_ns);
    for (;;) {
      const auto row = oldest.step();
      if (!row) return core::fail(row.error());
      if (!*row) break;
      keys.push_back(oldest.number());
    }
  }
  if (keys.empty()) return 0;
  for (const char* sql :
       {"DELETE FROM batches WHERE trace = ?", "DELETE FROM documents WHERE trace = ?",
        "DELETE FROM digests WHERE trace = ?", "DELETE FROM arrays WHERE trace = ?",
        "DELETE FROM traces WHERE key = ?"}) {
    Statement remove(db, sql);
    for (const std::int64_t key : keys) {
      if (auto removed = remove.reset().bind(key).run(); !removed) {
        return core::fail(removed.error());
      }
    }
  }
  return keys.size();
}

// A reader on loan; it goes back when this ends.
class TraceStore::Reading {
 public:
  Reading(TraceStore& store, std::unique_ptr<Reader> reader)
      : store_(&store), reader_(std::move(reader)) {}
  Reading(Reading&&) = default;
  Reading& operator=(Reading&&) = delete;
  Reading(const Reading&) = delete;
  Reading& operator=(const Reading&) = delete;
  ~Reading() {
    if (!reader_) return;
    const std::lock_guard lock(store_->reading_);
    store_->idle_.push_back(std::move(reader_));
  }
  Reader& operator*() const { return *reader_; }
  Reader* operator->() const { return reader_.get(); }

 private:
  TraceStore* store_;
  std::unique_ptr<Reader> reader_;
};

core::Result<TraceStore::Reading> TraceStore::reading() {
  {
    const std::lock_guard lock(reading_);
    if (!idle_.empty()) {
      auto reader = std::move(idle_.back());
      idle_.pop_back();
      return Reading(*this, std::move(reader));
    }
  }
  auto db = Database::open(path_, Database::Access::read_only);
  if (!db) return core::fail(std::move(db.error()));
  return Reading(*this, std::make_unique<Reader>(std::move(*db)));
}

core::Result<TraceRow> TraceStore::row(const trace::TraceId& id) {
  auto reader = reading();
  if (!reader) return core::fail(std::move(reader.error()));
  const std::string bytes = bytes_of(id);
  Statement& find = (*reader)->row;
  const auto found = find.reset().bind_blob(bytes).step();
  TraceRow row;
  if (found && *found) row = read_row(find);
  row.digest = {};
  find.reset();  // it holds a view of the file
  if (!found) return core::fail(found.error());
  if (!*found) return core::fail(no_such_trace(path_, id));
  return row;
}

core::Result<trace::Trace> TraceStore::get(const trace::TraceId& id) {
  const auto found = row(id);
  if (!found) return core::fail(found.error());
  auto reader = reading();
  if (!reader) return core::fail(std::move(reader.error()));
  trace::Trace trace;
  trace.id = id;
  if (auto loaded = load(**reader, found->key, trace); !loaded) return core::fail(loaded.error());
  // It was removed in between.
  if (trace.spans.empty() && trace.notes.empty()) return core::fail(no_such_trace(path_, id));
  return trace;
}

core::Status TraceStore::load(Reader& reader, std::int64_t key, trace::Trace& to) {
  trace::ResourcePool pool(to.resources);
  reader.batches.reset().bind(key);
  bool damaged = false;
  for (;;) {
    const auto found = reader.batches.step();
    if (!found) return core::fail(found.error());
    if (!*found) break;
    damaged = !read_batch(reader.batches.bytes(), pool, to) || damaged;
  }
  reader.batches.reset();
  if (damaged) to.notes.emplace_back("some spans of it are damaged in the trace store");
  trace::drop_older_versions(to);
  trace::share_resources(to);
  return core::ok();
}

core::Result<std::vector<Document>> TraceStore::documents(const trace::TraceId& id) {
  auto reader = reading();
  if (!reader) return core::fail(std::move(reader.error()));
  const std::string bytes = bytes_of(id);
  Statement find((*reader)->db,
                 "SELECT span, in_progress, text FROM documents WHERE trace = (SELECT key FROM "
                 "traces WHERE id = ?) ORDER BY key");
  find.bind_blob(bytes);
  std::vector<Document> documents;
  std::unordered_map<std::uint64_t, std::size_t> kept;
  for (;;) {
    const auto found = find.step();
    if (!found) return core::fail(found.error());
    if (!*found) return documents;
    Document document{id, {static_cast<std::uint64_t>(find.number())}, find.number() != 0, {}};
    const auto [at, is_new] = kept.emplace(document.id.value, documents.size());
    if (is_new) documents.emplace_back();
    Document& place = documents[at->second];
    if (!is_new && document.in_progress && !place.in_progress) continue;
    document.text = find.bytes();
    place = std::move(document);
  }
}

core::Status TraceStore::for_each(const TraceRange& range, const EachRow& f) {
  auto reader = reading();
  if (!reader) return core::fail(std::move(reader.error()));
  const auto [start, key] = range.after_start_and_key.value_or(
      std::pair<std::int64_t, std::int64_t>(INT64_MAX, INT64_MAX));
  // The index is entered where the page begins, not at the end of the time asked for.
  const std::int64_t until = std::min(range.until_ns, start);
  Statement find(
      (*reader)->db,
      select_rows("WHERE t.start_ns BETWEEN ?1 AND ?2 AND (t.start_ns, t.key) < (?3, ?4) "
                  "ORDER BY t.start_ns DESC, t.key DESC"));
  find.bind(range.from_ns).bind(until).bind(start).bind(key);
  return each_row(find, f);
}

core::Status TraceStore::for_each_changed_after(std::uint64_t change, const EachRow& f) {
  auto reader = reading();
  if (!reader) return core::fail(std::move(reader.error()));
  Statement find((*reader)->db, select_rows("WHERE t.change > ? ORDER BY t.change"));
  find.bind(static_cast<std::int64_t>(change));
  return each_row(find, f);
}

core::Status TraceStore::for_each_unfinished(const EachRow& f) {
  auto reader = reading();
  if (!reader) return core::fail(std::move(reader.error()));
  Statement find((*reader)->db, select_rows("WHERE t.unfinished ORDER BY t.change DESC"));
  return each_row(find, f);
}

core::Status TraceStore::for_each_of_array(std::string_view array_id, const EachRow& f) {
  auto reader = reading();
  if (!reader) return core::fail(std::move(reader.error()));
  Statement find(
      (*reader)->db,
      select_rows("JOIN arrays a ON a.trace = t.key WHERE a.id = ? ORDER BY t.start_ns, t.key"));
  find.bind(array_id);
  return each_row(find, f);
}

core::Result<std::uint64_t> TraceStore::last_change() {
  auto reader = reading();
  if (!reader) return core::fail(std::move(reader.error()));
  Statement find((*reader)->db, "SELECT value FROM counters WHERE name = 'change'");
  const auto found = find.step();
  if (!found) return core::fail(found.error());
  return *found ? static_cast<std::uint64_t>(find.number()) : 0;
}

core::Result<std::vector<std::pair<std::string, std::string>>> TraceStore::items(
    std::string_view kind) {
  auto reader = reading();
  if (!reader) return core::fail(std::move(reader.error()));
  Statement find((*reader)->db, "SELECT name, json FROM items WHERE kind = ? ORDER BY name");
  find.bind(kind);
  std::vector<std::pair<std::string, std::string>> items;
  for (;;) {
    const auto found = find.step();
    if (!found) return core::fail(found.error());
    if (!*found) return items;
    std::string name(find.bytes());
    items.emplace_back(std::move(name), find.bytes());
  }
}

}  // namespace spawn::store
