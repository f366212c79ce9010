// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
#include "handoff/sqlite_registry.h"

#include <fmt/format.h>
#include <sqlite3.h>
#include <unistd.h>

#include "core/file.h"
#include "core/text.h"
#include "store/sqlite.h"

namespace spawn::handoff {
namespace {

using core::Code;

// How long one process waits for another's transaction. Each is a few row writes.
constexpr int kBusyMs = 10'000;

constexpr const char* kSchema = R"(
  PRAGMA journal_mode = WAL;
  PRAGMA synchronous = NORMAL;
  PRAGMA cache_size = -64;
  CREATE TABLE IF NOT EXISTS "spawn-hybrid-registry" (
    job_array_id TEXT NOT NULL, instance_id TEXT NOT NULL, "index" INTEGER, provider TEXT,
    ip_address TEXT, private_ip TEXT, region TEXT, registered_at INTEGER, last_heartbeat INTEGER,
    expires_at INTEGER, status TEXT, exit_code INTEGER, traceparent TEXT, tracestate TEXT,
    PRIMARY KEY (job_array_id, instance_id)) WITHOUT ROWID;
)";
constexpr const char* kColumns =
    R"(job_array_id, instance_id, "index", provider, ip_address, private_ip, region, registered_at,
       last_heartbeat, expires_at, status, exit_code, traceparent, tracestate)";

}  // namespace

// A prepared statement, its parameters bound in order, its columns read in order.
class SqliteRegistry::Statement {
 public:
  Statement(sqlite3* db, const std::string& sql) {
    (void)sqlite3_prepare_v2(db, sql.c_str(), -1, &statement_, nullptr);
  }
  ~Statement() { sqlite3_finalize(statement_); }
  Statement(const Statement&) = delete;
  Statement& operator=(const Statement&) = delete;

  Statement& bind(std::string_view text) {
    sqlite3_bind_text(statement_, ++bound_, text.data(), static_cast<int>(text.size()),
                      SQLITE_TRANSIENT);
    return *this;
  }
  Statement& bind(std::int64_t number) {
    sqlite3_bind_int64(statement_, ++bound_, number);
    return *this;
  }
  Statement& bind(const std::optional<std::int64_t>& number) {
    if (number) return bind(*number);
    sqlite3_bind_null(statement_, ++bound_);
    return *this;
  }

  // SQLITE_ROW, SQLITE_DONE or an error. Without a statement (it did not compile) an error too.
  int step() { return sqlite3_step(statement_); }

  std::string text() {
    const int column = read_++;
    const auto* bytes = reinterpret_cast<const char*>(sqlite3_column_text(statement_, column));
    if (bytes == nullptr) return {};
    return {bytes, static_cast<std::size_t>(sqlite3_column_bytes(statement_, column))};
  }
  std::optional<std::int64_t> number() {
    const int column = read_++;
    if (sqlite3_column_type(statement_, column) == SQLITE_NULL) return std::nullopt;
    return sqlite3_column_int64(statement_, column);
  }
  Row row() {
    read_ = 0;
    Row row;
    row.job_array_id = text();
    row.instance_id = text();
    row.index = number();
    row.provider = text();
    row.ip_address = text();
    row.private_ip = text();
    row.region = text();
    row.registered_at = number().value_or(0);
    row.last_heartbeat = number().value_or(0);
    row.expires_at = number().value_or(0);
    row.status = text();
    row.exit_code = number();
    row.traceparent = text();
    row.tracestate = text();
    return row;
  }

 private:
  sqlite3_stmt* statement_ = nullptr;
  int bound_ = 0;
  int read_ = 0;
};

core::Result<std::unique_ptr<SqliteRegistry>> SqliteRegistry::open(const std::string& path) {
  // SQLite would make it with the umask; its -wal and -shm get the file's own mode.
  if (auto made = core::make_private_file(path); !made) {
    return core::fail(std::move(made.error()).while_("registry"));
  }
  sqlite3* db = nullptr;
  const int opened =
      sqlite3_open_v2(path.c_str(), &db, SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX, nullptr);
  std::unique_ptr<SqliteRegistry> registry(new SqliteRegistry(path, db));
  if (opened != SQLITE_OK) return core::fail(registry->error("open"));
  sqlite3_busy_timeout(db, kBusyMs);
  if (auto made = registry->execute(kSchema); !made) return core::fail(std::move(made.error()));
  return registry;
}

SqliteRegistry::~SqliteRegistry() { sqlite3_close(db_); }

core::Error SqliteRegistry::error(std::string_view doing) const {
  return {Code::io, fmt::format("registry {}: {}: {}", core::visible(path_), doing,
                                db_ != nullptr ? sqlite3_errmsg(db_) : "out of memory")};
}

core::Status SqliteRegistry::execute(const char* sql) {
  if (store::execute_in_turn(db_, sql) == SQLITE_OK) return core::ok();
  return core::fail(error("preparing the table"));
}

core::Status SqliteRegistry::insert(const char* how, const Row& row) {
  Statement statement(db_, fmt::format(R"({} INTO "{}" ({}) VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?,?))",
                                       how, kRegistryTable, kColumns));
  statement.bind(row.job_array_id).bind(row.instance_id).bind(row.index).bind(row.provider);
  statement.bind(row.ip_address).bind(row.private_ip).bind(row.region).bind(row.registered_at);
  statement.bind(row.last_heartbeat).bind(row.expires_at).bind(row.status).bind(row.exit_code);
  statement.bind(row.traceparent).bind(row.tracestate);
  if (statement.step() == SQLITE_DONE) return core::ok();
  return core::fail(error("writing a row"));
}

core::Status SqliteRegistry::publish_launch(const Row& row, core::Deadline) {
  constexpr std::int64_t kDay = 86'400;
  Statement expired(db_, fmt::format(R"(DELETE FROM "{}" WHERE expires_at > 0 AND expires_at < ?)",
                                     kRegistryTable));
  expired.bind(row.registered_at - kDay);
  if (expired.step() != SQLITE_DONE) return core::fail(error("removing expired rows"));
  auto inserted = insert("INSERT", row);
  if (!inserted && sqlite3_errcode(db_) == SQLITE_CONSTRAINT) {
    return core::fail(Code::invalid_argument,
                      fmt::format("there is a launch '{}' already", row.job_array_id));
  }
  return inserted;
}

core::Status SqliteRegistry::register_member(const Row& row, core::Deadline) {
  return insert("INSERT OR REPLACE", row);
}

core::Result<std::vector<Row>> SqliteRegistry::select(const char* where, const LaunchId& id) {
  Statement statement(db_, fmt::format(R"(SELECT {} FROM "{}" WHERE job_array_id = ? AND {})",
                                       kColumns, kRegistryTable, where));
  statement.bind(std::string_view(id.text())).bind(kLaunchRow);
  std::vector<Row> rows;
  int step = statement.step();
  for (; step == SQLITE_ROW; step = statement.step()) rows.push_back(statement.row());
  if (step != SQLITE_DONE) return core::fail(error("reading rows"));
  return rows;
}

core::Result<Row> SqliteRegistry::read_launch(const LaunchId& id, core::Deadline) {
  auto rows = select("instance_id = ?", id);
  if (!rows) return core::fail(std::move(rows.error()));
  if (rows->empty()) {
    return core::fail(Code::not_found, fmt::format("no launch '{}' in the registry", id.text()));
  }
  return std::move(rows->front());
}

core::Result<std::vector<Row>> SqliteRegistry::members(const LaunchId& id, core::Deadline) {
  return select(R"(instance_id <> ? ORDER BY "index" IS NULL, "index", instance_id)", id);
}

core::Status SqliteRegistry::heartbeat(const LaunchId& id, std::string_view instance_id,
                                       const Heartbeat& heartbeat, core::Deadline) {
  Statement statement(db_, fmt::format(R"(UPDATE "{}" SET last_heartbeat = ?, expires_at = ?
                                          WHERE job_array_id = ? AND instance_id = ?)",
                                       kRegistryTable));
  statement.bind(heartbeat.at).bind(heartbeat.expires_at);
  statement.bind(std::string_view(id.text())).bind(instance_id);
  return updated(statement, instance_id);
}

core::Status SqliteRegistry::finish(const LaunchId& id, std::string_view instance_id,
                                    const Ending& ending, core::Deadline) {
  Statement statement(db_,
                      fmt::format(R"(UPDATE "{}" SET status = ?, exit_code = ?, last_heartbeat = ?,
                          expires_at = ? WHERE job_array_id = ? AND instance_id = ?)",
                                  kRegistryTable));
  statement.bind(ending.status).bind(ending.exit_code).bind(ending.heartbeat.at);
  statement.bind(ending.heartbeat.expires_at).bind(std::string_view(id.text())).bind(instance_id);
  return updated(statement, instance_id);
}

core::Status SqliteRegistry::updated(Statement& statement, std::string_view instance_id) {
  if (statement.step() != SQLITE_DONE) return core::fail(error("updating a row"));
  if (sqlite3_changes(db_) == 1) return core::ok();
  return core::fail(Code::not_found,
                    fmt::format("no row of '{}' in the registry", core::visible(instance_id)));
}

core::Result<std::string> registry_path(const core::Env& env) {
  if (const auto state = env.get_non_empty("XDG_STATE_HOME")) {
    return *state + "/spawn/registry.db";
  }
  if (const auto home = env.get_non_empty("HOME")) {
    return *home + "/.local/state/spawn/registry.db";
  }
  return core::fail(Code::invalid_argument,
                    "the registry has no place: neither XDG_STATE_HOME nor HOME is set");
}

}  // namespace spawn::handoff
