#include "data/catalogue/sources.h"

#include <algorithm>
#include <cstdlib>

#include "core/error.h"
#include "core/io/file.h"
#include "core/log.h"
#include "core/progress.h"
#include "core/text.h"
#include "data/catalogue/file_checks.h"
#include "data/catalogue/unpack.h"

namespace wordbridge {
namespace {

/// Size limit of a packed file, which may contain more than the files of the entry.
constexpr std::uint64_t kPackedFactor = 4, kPackedExtra = std::uint64_t{64} << 20;

constexpr std::string_view kName = "{name}";

/// Downloads or finds one file. Sets `resumed` if an earlier partial download was resumed.
fs::path packed_file(const SourcePlace& place, const std::string& location,
                     const fs::path& downloads, const DownloadOptions& options, bool& resumed) {
  if (!place.remote()) return location;
  make_folder(downloads);
  fs::path target = downloads / name_of_url(location);
  log("download", "{}", location);
  resumed = download(location, target, options) || resumed;
  return target;
}

void take_once(const SourcePlace& place, const DatasetEntry& entry, const fs::path& files,
               const fs::path& downloads, const DownloadOptions& options, bool& resumed) {
  fs::remove_all(files);
  make_folder(files);
  if (place.each()) {
    for (const auto& file : entry.files) {
      const std::string location = place.of(file.name);
      if (file.optional && !fs::exists(location)) continue;
      unpack_file(packed_file(place, location, downloads, options, resumed), file.name, entry,
                  files);
    }
  } else {
    unpack(packed_file(place, place.place, downloads, options, resumed), place.source->inside,
           entry, files);
  }
  const auto problems = differences(entry, files, files_below(files));
  if (problems.empty()) return;
  throw Error("the content does not match the catalogue")
      .at("{}", place.place)
      .got("{}", join(problems, "; "))
      .hint("a different version, or damaged in transfer; the files are not used");
}

}  // namespace

bool SourcePlace::remote() const { return !source->url.empty() && place == source->url; }

std::string SourcePlace::of(const std::string& name) const {
  std::string full = place;
  const auto hole = full.find(kName);
  if (hole != std::string::npos) full.replace(hole, kName.size(), name);
  if (remote() || fs::exists(full)) return full;
  for (const char* const end : {".gz", ".dz", ".bz2", ".xz"})
    if (fs::exists(full + end)) return full + end;
  return full;
}

bool SourcePlace::exists(const DatasetEntry& entry) const {
  if (!each()) return fs::exists(place);
  return std::all_of(entry.files.begin(), entry.files.end(),
                     [&](const auto& file) { return file.optional || fs::exists(of(file.name)); });
}

std::string SourcePlace::label() const {
  return source->package.empty() ? place : fmt::format("package {} ({})", source->package, place);
}

std::vector<SourcePlace> places_of(const DatasetEntry& entry, const std::string& from) {
  std::vector<SourcePlace> places;
  const auto add = [&](const DatasetSource& source, const fs::path& place) {
    const bool known = std::any_of(places.begin(), places.end(), [&](const auto& other) {
      return other.place == place.string();
    });
    if (!known) places.push_back({&source, place.string()});
  };
  const char* const mirror = std::getenv("WORDBRIDGE_MIRROR");
  for (const auto& source : entry.sources) {
    if (from.empty()) {
      if (!source.mirror.empty() && mirror != nullptr && *mirror != '\0')
        add(source, fs::path(mirror) / source.mirror);
      if (!source.path.empty()) add(source, source.path);
      if (!source.url.empty()) places.push_back({&source, source.url});
      continue;
    }
    if (!source.mirror.empty()) {
      add(source, fs::path(from) / source.mirror);
      add(source, fs::path(from) / fs::path(source.mirror).filename());
    }
    if (!source.url.empty() && source.url.find(kName) == std::string::npos)
      add(source, fs::path(from) / name_of_url(source.url));
    if (!source.url.empty() && source.url.find(kName) != std::string::npos)
      add(source, fs::path(from) / kName);
  }
  return places;
}

void take_files(const SourcePlace& place, const DatasetEntry& entry, const fs::path& files,
                const fs::path& downloads, const DownloadOptions& options) {
  if (!place.remote() && !place.exists(entry)) {
    Error error("file not found");
    error.at("{}", place.place);
    if (!place.source->package.empty()) error.hint("apt install {}", place.source->package);
    throw error;
  }
  DownloadOptions limited = options;
  limited.max_bytes = std::min(options.max_bytes, kPackedFactor * entry.bytes() + kPackedExtra);
  bool resumed = false;
  try {
    take_once(place, entry, files, downloads, limited, resumed);
  } catch (const Interrupted&) {
    throw;
  } catch (const Error& error) {
    if (!resumed) throw;
    // The earlier partial download may belong to a different file.
    log("download", "{}\ndownloading again from the beginning", error.what());
    fs::remove_all(downloads);
    take_once(place, entry, files, downloads, limited, resumed);
  }
}

std::vector<std::string> count_differences(const Counts& expected, const Counts& measured) {
  std::vector<std::string> found;
  for (const auto& [name, count] : expected) {
    const auto here = std::find_if(measured.begin(), measured.end(),
                                   [&n = name](const auto& item) { return item.first == n; });
    if (here == measured.end()) {
      found.push_back(fmt::format("{}: not counted", name));
    } else if (here->second != count) {
      found.push_back(fmt::format("{}: expected {}, got {}", name, human_count(count),
                                  human_count(here->second)));
    }
  }
  return found;
}

}  // namespace wordbridge
