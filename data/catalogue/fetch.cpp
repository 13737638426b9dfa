#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <nlohmann/json.hpp>

#include "core/error.h"
#include "core/io/file.h"
#include "core/io/hash.h"
#include "core/json.h"
#include "core/log.h"
#include "core/progress.h"
#include "core/text.h"
#include "data/catalogue/dataset.h"
#include "data/catalogue/dataset_reader.h"
#include "data/catalogue/sources.h"

namespace wordbridge {
namespace {

/// The folder in which a dataset is built, locked by one process at a time. At the end everything
/// in it is removed, except downloads that can be resumed.
class WorkFolder {
 public:
  explicit WorkFolder(fs::path path) : path_(std::move(path)) {
    // The previous holder of the lock may have removed the folder between our open and our flock.
    do {
      if (lock_ >= 0) ::close(lock_);
      make_folder(path_);
      lock_ = ::open(path_.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
      if (lock_ < 0)
        throw Error("can't open the folder")
            .at("{}", path_.string())
            .got("{}", std::strerror(errno));
      if (::flock(lock_, LOCK_EX | LOCK_NB) != 0) {
        ::close(lock_);
        throw Error("another process is fetching this dataset").at("{}", path_.string());
      }
    } while (!is_ours());
    fs::remove_all(files());  // left by a killed process
    fs::remove_all(result());
    remove_dead_temporaries(downloads());
  }
  ~WorkFolder() {
    std::error_code none;
    fs::remove_all(files(), none);
    fs::remove_all(result(), none);
    std::vector<fs::path> whole;
    for (const auto& item : fs::directory_iterator(downloads(), none))
      if (item.path().string().find(".partial") == std::string::npos) whole.push_back(item.path());
    for (const auto& path : whole) fs::remove(path, none);
    fs::remove(downloads(), none);  // only if empty
    fs::remove(path_, none);
    ::close(lock_);
  }
  WorkFolder(const WorkFolder&) = delete;
  WorkFolder& operator=(const WorkFolder&) = delete;

  fs::path files() const { return path_ / "files"; }
  fs::path downloads() const { return path_ / "download"; }
  fs::path result() const { return path_ / "new"; }

 private:
  bool is_ours() const {
    struct stat held {
    }, named{};
    return ::fstat(lock_, &held) == 0 && ::stat(path_.c_str(), &named) == 0 &&
           held.st_ino == named.st_ino && held.st_dev == named.st_dev;
  }

  fs::path path_;
  int lock_ = -1;
};

/// Flushes the folder's file system to disk, before the folder replaces an existing one.
void flush(const fs::path& folder) {
  const int file = ::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  const bool done = file >= 0 && ::syncfs(file) == 0;
  const int code = errno;
  if (file >= 0) ::close(file);
  if (!done)
    throw Error("can't write to the disk").at("{}", folder.string()).got("{}", std::strerror(code));
}

/// Moves `made` to `target`. An existing `target` may end up at `made`.
void put_in_place(const fs::path& made, const fs::path& target) {
  const auto failed = [&](int code) {
    return Error("can't move the dataset into place")
        .at("{}", target.string())
        .got("{}", std::strerror(code));
  };
  if (::renameat2(AT_FDCWD, made.c_str(), AT_FDCWD, target.c_str(), RENAME_EXCHANGE) == 0) return;
  if (errno == ENOENT) {  // no earlier version exists
    if (::rename(made.c_str(), target.c_str()) != 0) throw failed(errno);
    return;
  }
  // The file system does not support RENAME_EXCHANGE, and may report that even if no target exists.
  const fs::path old = made.string() + ".old";
  fs::remove_all(old);  // left by a killed process
  if (::rename(target.c_str(), old.c_str()) != 0 && errno != ENOENT) throw failed(errno);
  if (::rename(made.c_str(), target.c_str()) != 0) {
    const int code = errno;
    ::rename(old.c_str(), target.c_str());
    throw failed(code);
  }
  fs::remove_all(old);
}

/// The target of dataset:NAME, relative to the dataset's folder.
std::string path_of(const DatasetEntry& entry, const std::string& canonical) {
  if (!canonical.empty()) return canonical;
  if (!entry.text.empty()) return "files/" + entry.text;
  const bool one = entry.files.size() == 1 && !entry.files.front().name.empty();
  return one ? "files/" + entry.files.front().name : "files";
}

void write_record(const DatasetEntry& entry, const std::string& source, const Counts& counts,
                  const std::string& canonical, const fs::path& folder) {
  nlohmann::ordered_json record = {{"name", entry.name},
                                   {"kind", entry.kind},
                                   {"licence", entry.licence},
                                   {"source", source},
                                   {"path", path_of(entry, canonical)},
                                   {"canonical", canonical},
                                   {"canonical_sha256", ""}};
  if (!canonical.empty()) record["canonical_sha256"] = sha256_of_file(folder / canonical);
  record["counts"] = nlohmann::ordered_json::object();
  for (const auto& [name, count] : counts) record["counts"][name] = count;
  record["files"] = nlohmann::ordered_json::array();
  for (const auto& file : files_below(folder / "files"))
    record["files"].push_back(
        {{"name", file.name}, {"bytes", file.bytes}, {"sha256", file.sha256}});
  write_file(folder / "dataset.json", json_text(record, 1) + "\n");
}

/// Checks the counts of the files in the work folder, builds the dataset and moves it into place.
void finish(const DatasetEntry& entry, const SourcePlace& place, const WorkFolder& work,
            const fs::path& target) {
  const auto& reader = dataset_reader(entry.reader);
  const DatasetContent content = reader.read(entry, work.files());
  const auto differing = count_differences(entry.counts, content.counts);
  if (!differing.empty()) {
    throw Error("the counts differ from the expected ones")
        .at("{}", place.place)
        .got("{}", join(differing, "; "));
  }
  make_folder(work.result());
  fs::rename(work.files(), work.result() / "files");
  std::string canonical;
  if (!reader.extension.empty()) {
    canonical = entry.name + std::string(reader.extension);
    write_file(work.result() / canonical, content.canonical);
  }
  write_record(entry, place.label(), content.counts, canonical, work.result());
  for (const auto& name : entry.files_without_sha256()) {
    warn(
        "{}: no SHA-256 of {} is known, only its size and CRC-32 were checked, which do not reveal "
        "intended changes; that of this copy is recorded",
        entry.name, name);
  }
  flush(work.result());
  put_in_place(work.result(), target);
}

/// True if there is nothing to do. Error if the folder exists but is not a dataset, and so must not
/// be replaced.
bool is_whole(const DatasetEntry& entry, const FetchOptions& options) {
  const fs::path target = options.root / entry.name;
  if (!fs::exists(fs::symlink_status(target))) return false;
  const auto fetched = find_fetched(entry.name, options.root);
  if (!fetched) {
    if (fs::exists(target / "dataset.json")) return false;  // a damaged dataset: fetch again
    throw Error("the dataset's folder exists but is not a dataset")
        .at("{}", target.string())
        .expected("no folder, or a dataset with its dataset.json")
        .hint("move it away, or choose another folder: --to DIR");
  }
  const auto problems = verify_dataset(entry, *fetched, false);
  for (const auto& problem : problems) warn("{}: {}", target.string(), problem);
  return problems.empty() && !options.force;
}

[[noreturn]] void throw_nowhere(const DatasetEntry& entry, const std::vector<SourcePlace>& places,
                                const std::string& from) {
  std::vector<std::string> names;
  for (const auto& place : places) names.push_back(place.place);
  throw Error(fmt::format("{} is not in the folder", entry.name))
      .at("{}", from)
      .expected("{}", names.empty() ? "nothing (the dataset can't be fetched from a folder)"
                                    : "one of " + join(names, ", "));
}

}  // namespace

bool fetch_dataset(const DatasetEntry& entry, const FetchOptions& options) {
  if (entry.by_hand()) {
    throw Error(fmt::format("{} must be downloaded by hand", entry.name))
        .hint("see {}", entry.page);
  }
  if (is_whole(entry, options)) return false;
  auto places = places_of(entry, options.from);
  if (!options.from.empty()) {
    const auto missing = std::stable_partition(
        places.begin(), places.end(), [&](const auto& place) { return place.exists(entry); });
    if (missing == places.begin()) throw_nowhere(entry, places, options.from);
    places.erase(missing, places.end());
  }
  make_folder(options.root);
  const WorkFolder work(options.root / (entry.name + ".part"));
  std::string failures;
  for (const auto& place : places) {
    try {
      take_files(place, entry, work.files(), work.downloads(), options.download);
      finish(entry, place, work, options.root / entry.name);
      fs::remove_all(work.downloads());
      return true;
    } catch (const Interrupted&) {
      throw;
    } catch (const Error& error) {
      log_detail("fetch", fmt::format("{}: {}", place.label(), error.what()));
      const std::string told = in_one_line(error.what());
      const bool has_place = told.find(place.place) != std::string::npos;
      failures += "\n  " + (has_place ? told : place.label() + ": " + told);
    }
  }
  if (places.empty()) failures = " it is available only in a local mirror";
  throw Error(fmt::format("can't fetch {}:{}", entry.name, failures))
      .hint("{}{}", "use a folder that contains it: --from DIR or WORDBRIDGE_MIRROR",
            entry.page.empty() ? "" : "; by hand: " + entry.page);
}

}  // namespace wordbridge
