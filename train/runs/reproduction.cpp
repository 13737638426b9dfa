#include "train/runs/reproduction.h"

#include <algorithm>
#include <array>
#include <map>
#include <nlohmann/json.hpp>
#include <set>

#include "core/io/file.h"
#include "core/io/hash.h"
#include "core/json.h"
#include "core/text.h"
#include "core/version.h"
#include "data/catalogue/dataset.h"
#include "train/runs/data_check.h"
#include "train/runs/manifest_facts.h"
#include "train/runs/run_directory.h"
#include "train/runs/run_experiment.h"
#include "train/runs/run_files.h"

namespace wordbridge {
namespace {

using nlohmann::json;

constexpr const char* kDataHint =
    "restore it; relative paths start from the working folder, as in the first training";

json read_manifest(const fs::path& run) {
  const fs::path path = run / run_files::kManifest;
  json manifest = read_json_file(path);
  if (!manifest.is_object() || !manifest.value("data", json()).is_object() ||
      !manifest.value("machine", json()).is_object() ||
      !manifest.value("wordbridge", json()).is_object())
    throw Error("the manifest of the run is damaged")
        .at("{}", path.string())
        .expected("a file written by `wordbridge train`");
  return manifest;
}

/// 0.1.0 -> {0, 1, 0}; what is not a number counts as 0.
std::array<long long, 3> parts_of(const std::string& version) {
  std::array<long long, 3> numbers{};
  const auto parts = split(version, '.');
  for (std::size_t i = 0; i < std::min(parts.size(), numbers.size()); ++i)
    numbers[i] = parse_integer(parts[i]).value_or(0);
  return numbers;
}

void check_version(const fs::path& run, const json& manifest) {
  const std::string stored = manifest.at("wordbridge").value("version", "");
  if (parts_of(stored) <= parts_of(version())) return;
  throw Error("the run was trained by a newer version of wordbridge")
      .at("{}", (run / run_files::kManifest).string())
      .expected("version {} or an earlier one", version())
      .got("{}", stored)
      .hint("reproduce it with that version");
}

/// The checksums of the inputs, by setting and path.
std::map<std::pair<std::string, std::string>, std::string> inputs_of(const json& manifest) {
  std::map<std::pair<std::string, std::string>, std::string> inputs;
  for (const auto& input : manifest.value("inputs", json::array()))
    inputs[{input.at("key"), input.at("path")}] = input.at("sha256");
  return inputs;
}

void check_inputs(const json& stored, const json& own) {
  const auto now = inputs_of(own);
  for (const auto& [input, sum] : inputs_of(stored)) {
    const auto& [key, path] = input;
    const auto found = now.find(input);
    if (found != now.end() && found->second == sum) continue;
    Error error(found == now.end() ? "an input of the run is missing"
                                   : "an input of the run has changed since it was trained");
    error.at("{}: {}", key, path)
        .expected("SHA-256 {}", sum.substr(0, 12))
        .got("{}", found == now.end() ? "no such file" : found->second.substr(0, 12))
        .hint("{}", kDataHint);
    if (found == now.end()) throw error;
    throw ChangedData(std::move(error));
  }
  const std::string counts = stored.value("counts", ""), own_counts = own.value("counts", "");
  if (counts == own_counts) return;
  Error error("the files of counts have changed since the run was trained");
  throw ChangedData(error.expected("{}", counts).got("{}", own_counts).hint("{}", kDataHint));
}

/// Facts of a manifest, with the checksums of the files of the text and the number of threads.
std::map<std::string, std::string> all_facts(const json& manifest,
                                             std::vector<std::string>& order) {
  std::map<std::string, std::string> facts;
  const auto add = [&](const std::string& name, const std::string& value) {
    if (std::find(order.begin(), order.end(), name) == order.end()) order.push_back(name);
    facts[name] = value;
  };
  for (const auto& file : manifest.at("data").value("source", json()).value("files", json::array()))
    add("file " + file.at("name").get<std::string>(), file.at("sha256"));
  for (const auto& [name, value] : manifest_facts(manifest)) {
    add(name, value);
    if (name == "simd" && manifest.at("machine").contains("threads"))
      add("threads", manifest.at("machine").at("threads").dump());
  }
  return facts;
}

/// Error if a file of the text does not exist, which then is often one of another working folder.
void check_text_exists(const SourceOptions& source) {
  for (const auto* paths : {&source.paths, &source.valid_paths, &source.test_paths}) {
    for (const auto& path : *paths) {
      if (path == "-" || fs::exists(resolve_dataset_path(path))) continue;
      throw Error("the text of the run is missing")
          .at("{}", path)
          .got("no such file or folder")
          .hint("{}", kDataHint);
    }
  }
}

/// Whether the run's config.yaml is that of its manifest, as it was written or as this version
/// writes it.
bool has_own_config(const fs::path& run, const json& manifest) {
  const std::string sum = manifest.value("config_sha256", "");
  return sha256(read_file(run / run_files::kConfig)) == sum ||
         sha256(stored_config(run).dump()) == sum;
}

std::vector<Reproduction::Fact> changed_origin(const fs::path& run, const json& stored,
                                               const json& own) {
  std::vector<Reproduction::Fact> facts;
  if (!has_own_config(run, stored))
    facts.push_back({"config.yaml", "that of the manifest", "edited, or of another version"});
  std::vector<std::string> order;
  const auto before = all_facts(stored, order), now = all_facts(own, order);
  const auto value = [](const auto& all, const std::string& name) {
    const auto found = all.find(name);
    return found == all.end() ? std::nullopt : std::optional(found->second);
  };
  for (const auto& name : order)
    if (value(before, name) != value(now, name))
      facts.push_back({name, value(before, name), value(now, name)});
  return facts;
}

/// Names of the files of a run, relative to its folder, that another training must repeat.
std::vector<std::string> repeatable_files(const fs::path& run) {
  static const std::set<std::string> others = {run_files::kManifest, run_files::kTiming,
                                               run_files::kLog, run_files::kContextMeasures,
                                               run_files::kSeeds};
  std::vector<fs::path> paths = RunDirectory::files(run);
  std::error_code code;
  for (const fs::path& folder : {run, run / run_files::kEpochs}) {
    for (const auto& entry : fs::directory_iterator(folder, code)) {
      const std::string name = entry.path().filename().string();
      for (const char* const stem : {run_files::kVectors, run_files::kContexts})
        if (folder != run || name.rfind(std::string(stem) + ".", 0) == 0)
          paths.push_back(entry.path());
    }
  }
  std::vector<std::string> names;
  for (const auto& path : paths) {
    const std::string name = path.lexically_relative(run).string();
    if (fs::is_regular_file(path) && others.count(name) == 0 && name.find(".tmp-") == name.npos &&
        std::find(names.begin(), names.end(), name) == names.end())
      names.push_back(name);
  }
  return names;
}

/// Why the same bytes are not promised; empty: they are.
std::string exemption(RunConfig config) {
  const std::string key = "model." + config.model + ".parallel";
  FieldGroup root = config.describe(true);
  const Field* const field = root.find(key);
  if (field == nullptr || value_text(*field) != "fast") return {};
  return key +
         ": fast updates vectors without locks, so each training on several threads has "
         "other bytes";
}

}  // namespace

RunConfig reproducible_config(const fs::path& run) {
  const std::string path = run.string();
  if (fs::exists(run / run_files::kSweep))
    throw Error("the folder holds a sweep, not a run")
        .at("{}", path)
        .hint("reproduce one of its points: {}", (run / "POINT").string());
  if (fs::exists(run / run_files::kSeeds))
    throw Error("the folder holds runs of several seeds")
        .at("{}", path)
        .hint("reproduce them one by one: {}", (run / "seed-...").string());
  if (!fs::exists(run / run_files::kConfig))
    throw Error("run not found").at("{}", path).expected("a folder written by `wordbridge train`");
  if (!RunDirectory::is_complete(run))
    throw Error("the run is not complete, so it has no results to compare")
        .at("{}", path)
        .hint("wordbridge resume {}", path);
  check_version(run, read_manifest(run));
  RunConfig config = stored_config(run);
  check_text_exists(config.data.source);
  config.fits_budget = true;  // it was measured by the first training
  return config;
}

int stored_threads(const fs::path& run) {
  const json threads = read_manifest(run).at("machine").value("threads", json());
  return threads.is_number_integer() ? threads.get<int>() : 0;
}

void check_data(const json& stored, const json& own) {
  if (auto difference = data_difference(stored.at("data"), own.at("data")))
    throw ChangedData(difference->hint("{}", kDataHint));
  check_inputs(stored, own);
}

Reproduction compare_reproduction(const fs::path& run, const fs::path& again) {
  Reproduction found{run, again, changed_origin(run, read_manifest(run), read_manifest(again)),
                     {},  {},    exemption(stored_config(run))};
  const auto before = repeatable_files(run), now = repeatable_files(again);
  const auto has = [](const std::vector<std::string>& names, const std::string& name) {
    return std::find(names.begin(), names.end(), name) != names.end();
  };
  for (const auto& name : before) {
    if (name == run_files::kConfig && has(now, name) &&
        stored_config(run).dump() == stored_config(again).dump()) {
      found.identical.push_back(name);  // an earlier version may have written it in another way
    } else if (!has(now, name)) {
      found.different.push_back({name, "only in the first run", {}});
    } else if (auto difference = file_difference(name, run / name, again / name)) {
      found.different.push_back(*std::move(difference));
    } else {
      found.identical.push_back(name);
    }
  }
  // A run may have been tidied up: its checkpoints are large.
  const auto may_be_missing = [](const std::string& name) {
    return name == run_files::kLatest || name == run_files::kBest;
  };
  for (const auto& name : now)
    if (!has(before, name) && !may_be_missing(name))
      found.different.push_back({name, "only in the second run", {}});
  std::stable_partition(found.different.begin(), found.different.end(),
                        [](const auto& file) { return file.file == run_files::kMetrics; });
  return found;
}

}  // namespace wordbridge
