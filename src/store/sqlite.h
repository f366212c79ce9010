// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
//
// A connection to an SQLite file and its statements, for the trace store. An error says the file,
// what was being done, and what to do about it; nothing here ever removes or replaces a file that
// cannot be read. One thread at a time.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "core/result.h"

struct sqlite3;
struct sqlite3_stmt;

namespace spawn::store {

// Runs `sql`; SQLite's result. Waits for its turn where SQLite itself does not: who makes a file
// one with a write-ahead log is told at once that it is busy, as when several programs open a new
// file.
int execute_in_turn(sqlite3* db, const char* sql);

class Database {
 public:
  enum class Access { read_write, read_only };
  static core::Result<Database> open(const std::string& path, Access access);
  ~Database();
  Database(Database&& other) noexcept;
  Database& operator=(Database&& other) noexcept;
  Database(const Database&) = delete;
  Database& operator=(const Database&) = delete;

  core::Status execute(const char* sql);
  [[nodiscard]] core::Error error(std::string_view doing) const;
  [[nodiscard]] sqlite3* get() const { return db_; }
  [[nodiscard]] const std::string& path() const { return path_; }

 private:
  Database(std::string path, sqlite3* db) : path_(std::move(path)), db_(db) {}

  std::string path_;
  sqlite3* db_ = nullptr;
};

// Prepared once, run often: reset(), bind() in order, step(), read columns in order.
class Statement {
 public:
  // A statement that does not compile fails in step().
  Statement(const Database& db, std::string_view sql);
  ~Statement();
  Statement(const Statement&) = delete;
  Statement& operator=(const Statement&) = delete;

  Statement& reset();
  Statement& bind(std::string_view text);
  // Bytes must live until the next reset().
  Statement& bind_blob(std::string_view bytes);
  Statement& bind(std::int64_t number);

  // True: a row. False: done.
  core::Result<bool> step();
  // Where no row is expected.
  core::Status run();

  std::int64_t number();
  // Valid until the next step() or reset().
  std::string_view bytes();

 private:
  const Database& db_;
  sqlite3_stmt* statement_ = nullptr;
  int bound_ = 0;
  int read_ = 0;
};

// Begins a transaction that writes, and rolls it back unless commit() succeeded.
class Transaction {
 public:
  explicit Transaction(Database& db) : db_(db) {}
  ~Transaction();
  Transaction(const Transaction&) = delete;
  Transaction& operator=(const Transaction&) = delete;
  core::Status begin();
  core::Status commit();

 private:
  Database& db_;
  bool open_ = false;
};

}  // namespace spawn::store
