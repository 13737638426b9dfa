#include "train/listing/run_index.h"

#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <functional>
#include <memory>
#include <unordered_map>

#include "core/error.h"
#include "core/index.h"
#include "core/interrupt.h"
#include "core/io/cache_folder.h"
#include "core/io/file.h"
#include "core/io/hash.h"
#include "core/log.h"
#include "core/progress.h"
#include "core/threads.h"
#include "train/listing/database.h"
#include "train/listing/find_runs.h"
#include "train/runs/run_files.h"
#include "train/runs/stored_run.h"

namespace wordbridge {
namespace {

/// Increased when the fields or the tables change.
constexpr std::int64_t kIndexVersion = 1;

struct Entry {
  std::string stamp;
  std::string fields;  // packed
};
using Entries = std::unordered_map<std::string, Entry>;

std::string checksum(std::string_view name, std::string_view stamp, std::string_view fields) {
  Sha256 sum;
  for (const auto part : {name, stamp, fields}) sum.update(part).update(std::string_view("\0", 1));
  return sum.hex();
}

/// The index of a folder. All of its errors lead to an index that is not used.
class RunIndex {
 public:
  explicit RunIndex(const fs::path& path) : path_(path) {
    attempt([&] {
      database_ = std::make_unique<Database>(path_);
      // A damaged index is made anew, so nothing waits until it has reached the disk.
      database_->execute("PRAGMA synchronous = OFF");
    });
  }

  /// The entries with the right checksum.
  Entries load() {
    Entries entries;
    attempt([&] {
      if (version() != kIndexVersion) return empty();
      Statement rows(*database_, "SELECT name, stamp, fields, checksum FROM runs");
      while (rows.step()) {
        const auto name = rows.bytes(0), stamp = rows.bytes(1), fields = rows.bytes(2);
        if (checksum(name, stamp, fields) != rows.bytes(3)) continue;
        entries[std::string(name)] = {std::string(stamp), std::string(fields)};
      }
    });
    return is_emptied_ ? Entries() : std::move(entries);
  }

  void clear() {
    attempt([&] { empty(); });
  }

  /// Replaces the entries of `names` by those of `entries`, or removes those that are not there.
  void update(const std::vector<std::string>& names, const Entries& entries) {
    if (names.empty()) return;
    attempt([&] {
      Transaction transaction(*database_);
      if (version() != kIndexVersion) return;  // another program has made it anew
      Statement insert(*database_,
                       "INSERT OR REPLACE INTO runs (name, stamp, fields, checksum) "
                       "VALUES (?1, ?2, ?3, ?4)");
      Statement remove(*database_, "DELETE FROM runs WHERE name = ?1");
      for (const auto& name : names) {
        const auto entry = entries.find(name);
        if (entry == entries.end()) {
          remove.bind(1, name).run();
          continue;
        }
        const auto& [stamp, fields] = entry->second;
        const std::string sum = checksum(name, stamp, fields);
        insert.bind(1, name).bind(2, stamp).bind(3, fields).bind(4, sum).run();
      }
      transaction.commit();
    });
  }

 private:
  /// Calls `work` if the index is usable. After an error it is not; if it is damaged, it is
  /// emptied.
  void attempt(const std::function<void()>& work) {
    if (is_given_up_) return;
    try {
      work();
    } catch (const DatabaseError& error) {
      log_detail("runs", fmt::format("the index is not used: {}", error.what()));
      const bool can_be_emptied = database_ != nullptr && error.is_damaged() && !is_emptied_;
      if (!can_be_emptied) is_given_up_ = true;
      if (can_be_emptied) clear();
    }
  }

  std::int64_t version() {
    Statement statement(*database_, "PRAGMA user_version");
    return statement.step() ? statement.integer(0) : 0;
  }

  void empty() {
    is_emptied_ = true;
    database_->reset();
    // An entry then fits on a page; a table without row numbers has no second tree to be damaged.
    database_->execute("PRAGMA page_size = 32768");
    database_->execute("VACUUM");
    Transaction transaction(*database_);
    database_->execute(
        "CREATE TABLE IF NOT EXISTS runs (name BLOB PRIMARY KEY, stamp BLOB, fields BLOB, "
        "checksum BLOB) WITHOUT ROWID");
    static_assert(kIndexVersion == 1, "the next statement has the version");
    database_->execute("PRAGMA user_version = 1");
    transaction.commit();
  }

  fs::path path_;
  std::unique_ptr<Database> database_;
  bool is_emptied_ = false, is_given_up_ = false;
};

/// Reads the fields of some runs on all threads.
void read_all(const fs::path& folder, const std::vector<std::string>& names,
              const std::vector<std::size_t>& some, std::vector<ListedRun>& runs) {
  Progress progress("reading", some.size(), "runs");
  std::atomic<std::uint64_t> done{0};
  constexpr std::int64_t kBlock = 16;
  for_each_range(static_cast<std::int64_t>(some.size()), kBlock,
                 [&](std::int64_t begin, std::int64_t end) {
                   if (interrupted()) throw Interrupted("interrupted while reading runs");
                   for (std::int64_t i = begin; i < end; ++i)
                     runs[some[at(i)]].fields = read_run_fields(folder / names[some[at(i)]]);
                   done += static_cast<std::uint64_t>(end - begin);
                   if (begin == 0) progress.update(done);
                 });
  progress.finish();
}

/// "runs/a" of "runs/" and "a", "runs/a" of "runs/a/" and ".".
std::string path_of(const fs::path& folder, const std::string& name) {
  std::string path = (name == "." ? folder : folder / name).lexically_normal().string();
  if (path.size() > 1 && path.back() == '/') path.pop_back();
  return path;
}

bool is_complete(const RunFields& fields) { return fields.find("status") == "complete"; }

}  // namespace

std::optional<fs::path> index_file(const fs::path& folder) {
  if (is_run(folder)) return std::nullopt;
  if (::access(folder.c_str(), W_OK) == 0) return folder / ".runs.sqlite";
  const auto cache = cache_folder();
  if (!cache) return std::nullopt;
  std::error_code code;
  fs::create_directories(*cache, code);
  if (code) return std::nullopt;
  return *cache /
         fmt::format("runs-{}.sqlite", sha256(fs::canonical(folder).string()).substr(0, 32));
}

std::vector<ListedRun> list_runs(const fs::path& folder, IndexUse use) {
  const auto names = find_runs(folder);
  std::vector<ListedRun> runs(names.size());
  std::vector<std::string> stamps(names.size());
  constexpr std::int64_t kBlock = 64;
  for_each_range(static_cast<std::int64_t>(names.size()), kBlock,
                 [&](std::int64_t begin, std::int64_t end) {
                   for (std::int64_t i = begin; i < end; ++i) {
                     runs[at(i)].name = path_of(folder, names[at(i)]);
                     stamps[at(i)] = run_stamp(folder / names[at(i)]);
                   }
                 });
  const auto path = use == IndexUse::none ? std::nullopt : index_file(folder);
  std::unique_ptr<RunIndex> index;
  if (path) index = std::make_unique<RunIndex>(*path);
  if (index && use == IndexUse::rebuild) index->clear();
  Entries entries = index ? index->load() : Entries();
  std::vector<std::size_t> changed;
  std::vector<std::string> outdated;
  for (std::size_t i = 0; i < names.size(); ++i) {
    const auto entry = entries.find(names[i]);
    if (entry == entries.end() || stamps[i].empty() || entry->second.stamp != stamps[i]) {
      changed.push_back(i);
      outdated.push_back(names[i]);
    } else {
      runs[i].fields = RunFields(std::move(entry->second.fields));
    }
    if (entry != entries.end()) entries.erase(entry);
  }
  for (const auto& [name, removed] : entries) outdated.push_back(name);
  read_all(folder, names, changed, runs);
  if (index) {
    Entries fresh;
    for (const auto i : changed)
      if (!stamps[i].empty()) fresh[names[i]] = {stamps[i], runs[i].fields.packed()};
    index->update(outdated, fresh);
    log_detail("runs", fmt::format("{}: {}, of which {} were read; index: {}", folder.string(),
                                   counted(static_cast<std::int64_t>(names.size()), "run"),
                                   changed.size(), path->string()));
  }
  for (std::size_t i = 0; i < names.size(); ++i)
    if (!is_complete(runs[i].fields))
      runs[i].is_running = is_being_appended(folder / names[i] / run_files::kLog);
  return runs;
}

}  // namespace wordbridge
