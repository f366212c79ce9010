// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
//
// The connections of a trace store with their statements, for trace_store.cc, which writes, and
// trace_store_read.cc.
#pragma once

#include <cstdint>
#include <set>
#include <string>
#include <utility>

#include "store/sqlite.h"
#include "store/trace_store.h"

namespace spawn::store {

// Its 16 bytes, big-endian, so that they sort as the text does.
std::string bytes_of(const trace::TraceId& id);
trace::TraceId id_from(std::string_view bytes);

struct TraceStore::Writer {
  explicit Writer(Database&& opened) : db(std::move(opened)) {}

  core::Result<std::uint64_t> next_change();
  // Some of those that were last written to before `arrived_ns`; how many.
  core::Result<std::size_t> remove_oldest(std::int64_t arrived_ns);

  Database db;
  Statement change{db,
                   "UPDATE counters SET value = value + 1 WHERE name = 'change' "
                   "RETURNING value"};
  Statement upsert{db,
                   "INSERT INTO traces (id, start_ns, change, arrived_ns, bytes, unfinished) "
                   "VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT (id) DO UPDATE SET "
                   "start_ns = min(start_ns, excluded.start_ns), change = excluded.change, "
                   "arrived_ns = excluded.arrived_ns, bytes = bytes + excluded.bytes, "
                   "unfinished = max(unfinished, excluded.unfinished) RETURNING key"};
  Statement batch{db, "INSERT INTO batches (trace, spans) VALUES (?, ?)"};
  Statement document{db,
                     "INSERT INTO documents (trace, span, in_progress, text) "
                     "VALUES (?, ?, ?, ?)"};
  Statement array{db, "INSERT OR IGNORE INTO arrays VALUES (?, ?)"};
};

struct TraceStore::Reader {
  explicit Reader(Database&& opened);

  Database db;
  Statement row;  // by id
  Statement batches{db, "SELECT spans FROM batches WHERE trace = ? ORDER BY key"};
};

}  // namespace spawn::store
