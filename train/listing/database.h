#pragma once

#include <cstdint>
#include <filesystem>
#include <string_view>

#include "core/error.h"

struct sqlite3;
struct sqlite3_stmt;

namespace wordbridge {

/// A failed operation of SQLite.
class DatabaseError : public TypedError<DatabaseError> {
 public:
  DatabaseError(const std::string& what, int code) : TypedError(what), code_(code) {}
  /// Another process has locked the file.
  bool is_busy() const;
  /// The file is not a database, is damaged or has other tables, so it can be emptied.
  bool is_damaged() const;

 private:
  int code_;
};

/// An open SQLite database. All functions throw DatabaseError.
class Database {
 public:
  /// Opens the file or creates it. Waits up to a second for locks of other processes.
  explicit Database(const std::filesystem::path& path);
  ~Database();
  Database(const Database&) = delete;
  Database& operator=(const Database&) = delete;

  /// Executes a statement without values.
  void execute(const char* sql);
  /// Removes all content, also of a damaged file. Other processes may have it open.
  void reset();

 private:
  friend class Statement;
  [[noreturn]] void fail(int code) const;

  sqlite3* database_ = nullptr;
};

/// A prepared statement. Parameters and columns are numbered as in SQLite: from 1 and from 0.
class Statement {
 public:
  Statement(Database& database, const char* sql);
  ~Statement();
  Statement(const Statement&) = delete;
  Statement& operator=(const Statement&) = delete;

  /// The bytes must stay valid until the statement has been run.
  Statement& bind(int parameter, std::string_view bytes);
  /// Goes to the next row; false: there is none.
  bool step();
  /// Runs a statement without rows, which can then be bound and run again.
  void run();

  std::int64_t integer(int column) const;
  /// Valid until the next step().
  std::string_view bytes(int column) const;

 private:
  Database& database_;
  sqlite3_stmt* statement_ = nullptr;
};

/// A transaction that writes; undone unless commit() is called.
class Transaction {
 public:
  explicit Transaction(Database& database);
  ~Transaction();
  Transaction(const Transaction&) = delete;
  Transaction& operator=(const Transaction&) = delete;
  void commit();

 private:
  Database* database_;
};

}  // namespace wordbridge
