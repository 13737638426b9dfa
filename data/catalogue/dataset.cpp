#include "data/catalogue/dataset.h"

#include <algorithm>
#include <cstdlib>
#include <nlohmann/json.hpp>

#include "core/error.h"
#include "core/io/file.h"
#include "core/io/hash.h"
#include "core/progress.h"
#include "core/text.h"
#include "data/catalogue/dataset_reader.h"
#include "data/catalogue/sources.h"

namespace wordbridge {
namespace {

constexpr std::string_view kDatasetPrefix = "dataset:";

std::string variable(const char* name) {
  const char* const value = std::getenv(name);
  return value == nullptr ? "" : value;
}

std::optional<fs::path> known_root() {
  if (const auto root = variable("WORDBRIDGE_DATA"); !root.empty()) return root;
  if (const auto data = variable("XDG_DATA_HOME"); !data.empty())
    return fs::path(data) / "wordbridge";
  if (const auto home = variable("HOME"); !home.empty())
    return fs::path(home) / ".local" / "share" / "wordbridge";
  return std::nullopt;
}

}  // namespace

fs::path data_root() {
  if (auto root = known_root()) return *root;
  throw Error("no folder for datasets is configured")
      .expected("one of the environment variables WORDBRIDGE_DATA, XDG_DATA_HOME, HOME")
      .hint("or select a folder with --to DIR");
}

std::optional<fs::path> fetched_files(const std::string& name) {
  const auto root = known_root();
  const auto fetched = root ? find_fetched(name, *root) : std::nullopt;
  if (!fetched) return std::nullopt;
  return fetched->folder / "files";
}

fs::path find_wordnet() {
  const fs::path installed = "/usr/share/wordnet";
  if (fs::exists(installed / "data.noun")) return installed;
  if (const auto fetched = fetched_files("wordnet")) return *fetched;
  throw Error("WordNet not found")
      .expected("{} (package wordnet-base)", installed.string())
      .hint("wordbridge data fetch wordnet");
}

std::optional<FetchedDataset> find_fetched(const std::string& name, const fs::path& root) {
  const fs::path folder = root / name, record = folder / "dataset.json";
  if (!fs::is_regular_file(record)) return std::nullopt;
  const auto json = nlohmann::ordered_json::parse(read_file(record), nullptr, false);
  try {
    FetchedDataset fetched{folder,
                           json.at("name"),
                           json.at("source"),
                           json.at("path"),
                           json.at("canonical"),
                           json.at("canonical_sha256"),
                           {},
                           {}};
    if (fetched.name != name || !is_safe_name(fetched.path)) return std::nullopt;
    for (const auto& file : json.at("files"))
      fetched.files.push_back({file.at("name"), file.at("bytes"), file.at("sha256")});
    for (const auto& [what, count] : json.at("counts").items())
      fetched.counts.emplace_back(what, count.get<std::uint64_t>());
    return fetched;
  } catch (const nlohmann::json::exception&) {
    return std::nullopt;
  }
}

std::vector<std::string> verify_dataset(const DatasetEntry& entry, const FetchedDataset& fetched,
                                        bool count) {
  const fs::path folder = fetched.folder / "files";
  if (!fs::is_directory(folder)) return {"files: the folder is missing"};
  const auto files = files_below(folder);
  std::vector<std::string> problems = differences(entry, folder, files);
  // Files without a checksum in the catalogue are compared with the checksum at the time of the
  // fetch.
  for (const auto& known : fetched.files) {
    const auto now = std::find_if(files.begin(), files.end(),
                                  [&](const auto& file) { return file.name == known.name; });
    if (now == files.end()) {
      if (problems.empty()) problems.push_back(known.name + ": missing");
    } else if (now->sha256 != known.sha256) {
      problems.push_back(known.name + ": changed since it was fetched");
    }
  }
  for (const auto& file : files) {
    if (std::none_of(fetched.files.begin(), fetched.files.end(),
                     [&](const auto& known) { return known.name == file.name; }))
      problems.push_back(file.name + ": added since the dataset was fetched");
  }
  if (!fetched.canonical.empty()) {
    const fs::path canonical = fetched.folder / fetched.canonical;
    if (!fs::is_regular_file(canonical)) {
      problems.push_back(fetched.canonical + ": missing");
    } else if (sha256_of_file(canonical) != fetched.canonical_sha256) {
      problems.push_back(fetched.canonical + ": changed since it was fetched");
    }
  }
  if (count && problems.empty()) {
    const auto content = dataset_reader(entry.reader).read(entry, folder);
    for (const auto& text : count_differences(entry.counts, content.counts))
      problems.push_back(text);
  }
  return problems;
}

std::string availability(const DatasetEntry& entry, const fs::path& root) {
  if (find_fetched(entry.name, root)) return "fetched";
  std::string otherwise = entry.by_hand() ? "by hand" : "only in a mirror";
  for (const auto& place : places_of(entry, "")) {
    if (place.remote()) return "to download";
    const std::string& package = place.source->package;
    if (place.exists(entry)) return package.empty() ? "in the mirror" : "in package " + package;
    if (!package.empty()) otherwise = "apt install " + package;
  }
  return otherwise;
}

bool can_be_had(const DatasetEntry& entry, const std::string& from) {
  const auto places = places_of(entry, from);
  return std::any_of(places.begin(), places.end(),
                     [&](const auto& place) { return place.remote() || place.exists(entry); });
}

std::string resolve_dataset_path(const std::string& path) {
  if (path.rfind(kDatasetPrefix, 0) != 0) return path;
  const std::string rest = path.substr(kDatasetPrefix.size());
  const std::string name = rest.substr(0, rest.find('/'));
  const std::string file = name.size() < rest.size() ? rest.substr(name.size() + 1) : "";
  if (!is_safe_name(name) || (!file.empty() && !is_safe_name(file)))
    throw Error("not a dataset path")
        .expected("dataset:NAME or dataset:NAME/FILE")
        .got("{}", printable(path));
  const auto fetched = find_fetched(name, data_root());
  if (!fetched) {
    const auto names = Catalogue::builtin().names();
    const auto near = nearest_name(name, names);
    const bool known = std::find(names.begin(), names.end(), name) != names.end();
    Error error(known ? "the dataset has not been fetched" : "the dataset is not in the catalogue");
    error.at("{}", (data_root() / name).string()).got("{}", path);
    if (!known && near) throw error.hint("did you mean dataset:{}?", *near);
    if (!known)
      throw error.hint(
          "wordbridge data list; with a custom catalogue: wordbridge data fetch {} "
          "--catalogue FILE",
          name);
    throw error.hint("wordbridge data fetch {}", name);
  }
  const fs::path found =
      file.empty() ? fetched->folder / fetched->path : fetched->folder / "files" / file;
  if (fs::exists(found)) return found.string();
  std::vector<std::string> there;
  for (const auto& known : fetched->files) there.push_back(known.name);
  throw Error("the file is not in the dataset")
      .at("{}", found.string())
      .expected("{}", printable(join(there, ", "), 200))
      .got("{}", printable(path))
      .hint("wordbridge data verify {}", name);
}

}  // namespace wordbridge
