#include "train/runs/stored_run.h"

#include <algorithm>
#include <tuple>

#include "core/config/yaml_tree.h"
#include "core/error.h"
#include "core/io/file.h"
#include "core/json.h"
#include "core/text.h"
#include "train/runs/run_directory.h"
#include "train/runs/run_files.h"

namespace wordbridge {
namespace {

using nlohmann::json;
using nlohmann::ordered_json;

/// The lines with `key`.
std::vector<json> lines_with(const fs::path& path, const std::string& key) {
  std::vector<json> lines = read_json_objects(path);
  const auto lacks_key = [&](const json& line) { return !line.contains(key); };
  lines.erase(std::remove_if(lines.begin(), lines.end(), lacks_key), lines.end());
  return lines;
}

/// "[60, 30]", "text"
std::string text_of(const YamlNode& node) {
  if (node.kind != YamlNode::Kind::list) return node.text;
  std::vector<std::string> items;
  for (const auto& item : node.items) items.push_back(text_of(item));
  return "[" + join(items, ", ") + "]";
}

using Setting = std::tuple<int, std::string, std::string>;  // line, key, value

void flatten(const YamlNode& node, const std::string& key, std::vector<Setting>& settings) {
  if (node.kind != YamlNode::Kind::mapping) {
    settings.emplace_back(node.place.line, key, text_of(node));
    return;
  }
  for (const auto& [name, entry] : node.entries)
    flatten(entry, key.empty() ? name : key + "." + name, settings);
}

/// In the order of the file.
std::vector<std::pair<std::string, std::string>> settings_of(const std::string& config,
                                                             const fs::path& path) {
  std::vector<Setting> settings;
  try {
    flatten(parse_yaml(config, 0), "", settings);
  } catch (const YamlError& error) {
    throw Error("the configuration of the run is damaged")
        .at("{}:{}", path.string(), error.line)
        .got("{}", error.what());
  }
  std::stable_sort(settings.begin(), settings.end(), [](const Setting& a, const Setting& b) {
    return std::get<0>(a) < std::get<0>(b);
  });
  std::vector<std::pair<std::string, std::string>> pairs;
  for (auto& [line, key, value] : settings) pairs.emplace_back(std::move(key), std::move(value));
  return pairs;
}

StoredSeed read_seed(const fs::path& folder) {
  StoredSeed seed;
  seed.epochs = lines_with(folder / run_files::kMetrics, "epoch");
  for (const auto& line : lines_with(folder / run_files::kTiming, "seconds"))
    seed.seconds += line.at("seconds").get<double>();
  if (fs::exists(folder / run_files::kManifest))
    seed.seed = read_json_file(folder / run_files::kManifest).value("seed", std::int64_t{0});
  seed.results = ordered_json::object();
  seed.scores = json::array();
  if (fs::exists(folder / run_files::kSummary))
    seed.results = read_json_file(folder / run_files::kSummary).at("results");
  if (fs::exists(folder / run_files::kEval))
    seed.scores = read_json_file(folder / run_files::kEval);
  if (fs::exists(folder / run_files::kContextMeasures))
    seed.context_measures = read_json_file(folder / run_files::kContextMeasures);
  return seed;
}

/// The folder of the run, or the folders of its seeds in order.
std::vector<fs::path> seed_folders(const fs::path& folder) {
  const fs::path list = folder / run_files::kSeeds;
  if (!fs::exists(list)) return {folder};
  const json content = read_json_file(list);
  std::vector<fs::path> folders;
  for (const auto& seed : content.at("seeds"))
    folders.push_back(folder / ("seed-" + std::to_string(seed.get<std::int64_t>())));
  if (folders.empty()) throw Error("the run has no seeds").at("{}", list.string());
  return folders;
}

StoredRun read_files(const fs::path& folder) {
  StoredRun run;
  run.path = folder.string();
  const auto folders = training_folders(folder);
  if (fs::exists(folders.front() / run_files::kConfig)) {
    run.config = read_file(folders.front() / run_files::kConfig);
    run.settings = settings_of(run.config, folders.front() / run_files::kConfig);
  }
  for (const auto& [key, value] : run.settings)
    if (key == "model.type") run.model = value;
  if (fs::exists(folders.front() / run_files::kManifest))
    run.manifest = read_json_file(folders.front() / run_files::kManifest);
  for (const auto& path : folders) run.seeds.push_back(read_seed(path));
  const auto all = seed_folders(folder).size();
  if (RunDirectory::is_complete(folders.front())) {
    if (RunDirectory::has_vectors(folders.front())) run.vectors = folders.front().string();
    if (folders.size() < all)
      run.missing = fmt::format("incomplete: {} of {} seeds", folders.size(), all);
  } else {
    run.missing =
        all > 1 ? "incomplete: no seed is complete" : "incomplete: no vectors or scores yet";
  }
  return run;
}

}  // namespace

bool is_run(const fs::path& folder) {
  return fs::exists(folder / run_files::kConfig) || fs::exists(folder / run_files::kSeeds);
}

std::vector<fs::path> training_folders(const fs::path& folder) {
  std::vector<fs::path> folders = seed_folders(folder);
  const auto is_incomplete = [](const fs::path& path) { return !RunDirectory::is_complete(path); };
  const fs::path first = folders.front();
  folders.erase(std::remove_if(folders.begin(), folders.end(), is_incomplete), folders.end());
  if (folders.empty()) folders.push_back(first);
  return folders;
}

StoredRun read_run(const fs::path& folder) {
  if (!is_run(folder)) {
    throw Error("not a run folder")
        .at("{}", folder.string())
        .expected("a folder written by `wordbridge train`, or a file of word vectors");
  }
  try {
    return read_files(folder);
  } catch (const json::exception& error) {  // valid JSON of unexpected form
    throw Error("the files of the run are damaged")
        .at("{}", folder.string())
        .expected("files written by `wordbridge train`")
        .got("{}", json_problem(error));
  }
}

}  // namespace wordbridge
