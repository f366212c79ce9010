// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
#include "store/sqlite.h"

#include <fmt/format.h>
#include <sqlite3.h>

#include <chrono>
#include <thread>
#include <utility>

#include "core/text.h"

namespace spawn::store {
namespace {

using core::Code;

// How long one process waits for another's transaction.
constexpr int kBusyMs = 10'000;

}  // namespace

int execute_in_turn(sqlite3* db, const char* sql) {
  const auto until = std::chrono::steady_clock::now() + std::chrono::milliseconds(kBusyMs);
  for (;;) {
    const int result = sqlite3_exec(db, sql, nullptr, nullptr, nullptr);
    if (result != SQLITE_BUSY || std::chrono::steady_clock::now() > until) return result;
    std::this_thread::sleep_for(std::chrono::milliseconds(5));
  }
}

core::Result<Database> Database::open(const std::string& path, Access access) {
  sqlite3* handle = nullptr;
  const int flags = SQLITE_OPEN_NOMUTEX |
                    (access == Access::read_only ? SQLITE_OPEN_READONLY : SQLITE_OPEN_READWRITE);
  const int opened = sqlite3_open_v2(path.c_str(), &handle, flags, nullptr);
  Database db(path, handle);
  if (opened != SQLITE_OK) return core::fail(db.error("opening it"));
  sqlite3_busy_timeout(handle, kBusyMs);
  return db;
}

Database::~Database() { sqlite3_close_v2(db_); }

Database::Database(Database&& other) noexcept
    : path_(std::move(other.path_)), db_(std::exchange(other.db_, nullptr)) {}

Database& Database::operator=(Database&& other) noexcept {
  std::swap(path_, other.path_);
  std::swap(db_, other.db_);
  return *this;
}

core::Error Database::error(std::string_view doing) const {
  const std::string where = "trace store " + core::visible(path_);
  if (db_ == nullptr) return {Code::io, where + ": out of memory"};
  const auto say = [&](Code code, std::string_view what) {
    return core::Error{code, fmt::format("{}: {}: {}", where, doing, what)};
  };
  switch (sqlite3_errcode(db_) & 0xFF) {
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
      return say(Code::unavailable,
                 "another program holds it locked; end that one, or name another file");
    case SQLITE_FULL:
      return say(Code::io, "the disk is full; what is in it is kept; free some space");
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
      return say(Code::io, fmt::format("the file is damaged or no trace store ({}); it was left "
                                       "as it is; move it away, or name another file",
                                       sqlite3_errmsg(db_)));
    case SQLITE_READONLY:
    case SQLITE_PERM:
    case SQLITE_AUTH:
      return say(Code::permission_denied, sqlite3_errmsg(db_));
    default:
      return say(Code::io, sqlite3_errmsg(db_));
  }
}

core::Status Database::execute(const char* sql) {
  if (execute_in_turn(db_, sql) == SQLITE_OK) return core::ok();
  return core::fail(error("preparing it"));
}

Statement::Statement(const Database& db, std::string_view sql) : db_(db) {
  (void)sqlite3_prepare_v3(db.get(), sql.data(), static_cast<int>(sql.size()),
                           SQLITE_PREPARE_PERSISTENT, &statement_, nullptr);
}

Statement::~Statement() { sqlite3_finalize(statement_); }

Statement& Statement::reset() {
  (void)sqlite3_reset(statement_);
  bound_ = 0;
  return *this;
}

Statement& Statement::bind(std::string_view text) {
  sqlite3_bind_text64(statement_, ++bound_, text.data(), text.size(), SQLITE_TRANSIENT,
                      SQLITE_UTF8);
  return *this;
}

Statement& Statement::bind_blob(std::string_view bytes) {
  if (bytes.empty()) {
    sqlite3_bind_zeroblob(statement_, ++bound_, 0);
  } else {
    sqlite3_bind_blob64(statement_, ++bound_, bytes.data(), bytes.size(), SQLITE_STATIC);
  }
  return *this;
}

Statement& Statement::bind(std::int64_t number) {
  sqlite3_bind_int64(statement_, ++bound_, number);
  return *this;
}

core::Result<bool> Statement::step() {
  read_ = 0;
  // Without a statement (it did not compile) the connection has the error of that.
  const int stepped = statement_ == nullptr ? SQLITE_ERROR : sqlite3_step(statement_);
  if (stepped == SQLITE_ROW) return true;
  if (stepped == SQLITE_DONE) return false;
  return core::fail(db_.error("using it"));
}

core::Status Statement::run() {
  const auto stepped = step();
  // Readers and writers after us must not wait for a statement that is done.
  if (statement_ != nullptr) (void)sqlite3_reset(statement_);
  if (!stepped) return core::fail(stepped.error());
  return core::ok();
}

std::int64_t Statement::number() { return sqlite3_column_int64(statement_, read_++); }

std::string_view Statement::bytes() {
  const int column = read_++;
  const auto* at = static_cast<const char*>(sqlite3_column_blob(statement_, column));
  if (at == nullptr) return {};
  return {at, static_cast<std::size_t>(sqlite3_column_bytes(statement_, column))};
}

Transaction::~Transaction() {
  if (open_) (void)sqlite3_exec(db_.get(), "ROLLBACK", nullptr, nullptr, nullptr);
}

core::Status Transaction::begin() {
  auto begun = db_.execute("BEGIN IMMEDIATE");
  open_ = begun.has_value();
  return begun;
}

core::Status Transaction::commit() {
  auto committed = db_.execute("COMMIT");
  if (committed) open_ = false;
  return committed;
}

}  // namespace spawn::store
