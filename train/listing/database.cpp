#include "train/listing/database.h"

#include <sqlite3.h>

namespace wordbridge {
namespace {

constexpr int kWaitMilliseconds = 1000;

int primary(int code) { return code & 0xff; }

}  // namespace

bool DatabaseError::is_busy() const {
  return primary(code_) == SQLITE_BUSY || primary(code_) == SQLITE_LOCKED;
}

bool DatabaseError::is_damaged() const {
  // SQLITE_ERROR: statements are constant, so the tables are not those that they expect.
  return primary(code_) == SQLITE_CORRUPT || primary(code_) == SQLITE_NOTADB ||
         primary(code_) == SQLITE_ERROR;
}

void Database::fail(int code) const {
  DatabaseError error(fmt::format("SQLite: {}", database_ == nullptr ? sqlite3_errstr(code)
                                                                     : sqlite3_errmsg(database_)),
                      code);
  const char* const name = database_ == nullptr ? nullptr : sqlite3_db_filename(database_, "main");
  if (name != nullptr) error.at("{}", name);
  throw error;
}

Database::Database(const std::filesystem::path& path) {
  const int code = sqlite3_open_v2(path.c_str(), &database_,
                                   SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE, nullptr);
  if (code != SQLITE_OK) {
    const DatabaseError error(fmt::format("SQLite: {}", sqlite3_errstr(code)), code);
    sqlite3_close_v2(database_);
    throw error;
  }
  sqlite3_busy_timeout(database_, kWaitMilliseconds);
}

Database::~Database() { sqlite3_close_v2(database_); }

void Database::execute(const char* sql) {
  const int code = sqlite3_exec(database_, sql, nullptr, nullptr, nullptr);
  if (code != SQLITE_OK) fail(code);
}

void Database::reset() {
  if (const int code = sqlite3_db_config(database_, SQLITE_DBCONFIG_RESET_DATABASE, 1, nullptr);
      code != SQLITE_OK)
    fail(code);
  const int code = sqlite3_exec(database_, "VACUUM", nullptr, nullptr, nullptr);
  sqlite3_db_config(database_, SQLITE_DBCONFIG_RESET_DATABASE, 0, nullptr);
  if (code != SQLITE_OK) fail(code);
}

Statement::Statement(Database& database, const char* sql) : database_(database) {
  const int code = sqlite3_prepare_v2(database.database_, sql, -1, &statement_, nullptr);
  if (code != SQLITE_OK) database.fail(code);
}

Statement::~Statement() { sqlite3_finalize(statement_); }

Statement& Statement::bind(int parameter, std::string_view bytes) {
  const int code =
      sqlite3_bind_blob64(statement_, parameter, bytes.data(), bytes.size(), SQLITE_STATIC);
  if (code != SQLITE_OK) database_.fail(code);
  return *this;
}

bool Statement::step() {
  const int code = sqlite3_step(statement_);
  if (code != SQLITE_ROW && code != SQLITE_DONE) database_.fail(code);
  return code == SQLITE_ROW;
}

void Statement::run() {
  while (step()) {
  }
  sqlite3_reset(statement_);
}

std::int64_t Statement::integer(int column) const {
  return sqlite3_column_int64(statement_, column);
}

std::string_view Statement::bytes(int column) const {
  const auto* const data = static_cast<const char*>(sqlite3_column_blob(statement_, column));
  return {data == nullptr ? "" : data,
          static_cast<std::size_t>(sqlite3_column_bytes(statement_, column))};
}

Transaction::Transaction(Database& database) : database_(&database) {
  database.execute("BEGIN IMMEDIATE");
}

Transaction::~Transaction() {
  if (database_ == nullptr) return;
  try {
    database_->execute("ROLLBACK");
  } catch (const DatabaseError&) {
    // SQLite has undone it already.
  }
}

void Transaction::commit() {
  database_->execute("COMMIT");
  database_ = nullptr;
}

}  // namespace wordbridge
