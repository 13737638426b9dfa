#include "train/runs/run_comparison.h"

#include <algorithm>
#include <cmath>
#include <functional>
#include <map>

#include "core/error.h"
#include "core/text.h"
#include "eval/statistics/correlation.h"
#include "train/runs/run_evidence.h"
#include "train/runs/word_differences.h"

namespace wordbridge {
namespace {

using nlohmann::json;
using nlohmann::ordered_json;
using Facts = std::vector<std::pair<std::string, std::string>>;

std::string seeds_text(const StoredRun& run) {
  std::vector<std::string> seeds;
  for (const auto& seed : run.seeds) seeds.push_back(std::to_string(seed.seed));
  return join(seeds, ", ");
}

/// The settings, all seeds of a run as one; the name says nothing of what was done.
Facts configuration_of(const StoredRun& run) {
  Facts facts;
  for (const auto& [key, value] : run.settings) {
    if (key != "name") facts.emplace_back(key, key == "seed" ? seeds_text(run) : value);
  }
  return facts;
}

/// Of the manifest, what may matter to the results. Threads do not.
Facts origin_of(const StoredRun& run) {
  Facts facts;
  const auto add = [&](const std::string& name, const char* pointer) {
    const json::json_pointer place(pointer);
    if (!run.manifest.contains(place)) return;
    const json& value = run.manifest.at(place);
    facts.emplace_back(name, value.is_string() ? value.get<std::string>() : value.dump());
  };
  add("wordbridge", "/wordbridge/version");
  add("commit", "/wordbridge/commit");
  add("compiler", "/wordbridge/compiler");
  add("text's SHA-256", "/data/stream_sha256");
  add("vocabulary's SHA-256", "/data/vocabulary/sha256");
  add("words in the vocabulary", "/data/vocabulary/size");
  for (const char* const split : {"train", "valid", "test"})
    add(fmt::format("tokens in {}", split), fmt::format("/data/splits/{}/tokens", split).c_str());
  if (!run.manifest.contains("machine")) return facts;
  for (const auto& [key, value] : run.manifest.at("machine").items()) {
    if (key != "threads" && key != "cores")
      facts.emplace_back(key, value.is_string() ? value.get<std::string>() : value.dump());
  }
  return facts;
}

/// The facts in which runs differ, or which only some have, where the first that has one puts it.
ordered_json differing(const std::vector<Facts>& runs) {
  std::vector<std::string> keys;
  std::map<std::string, std::vector<ordered_json>> rows;
  for (std::size_t run = 0; run < runs.size(); ++run) {
    for (const auto& [key, value] : runs[run]) {
      if (rows.count(key) == 0) {
        keys.push_back(key);
        rows[key].resize(runs.size());
      }
      rows[key][run] = value;
    }
  }
  ordered_json content = ordered_json::array();
  for (const auto& key : keys) {
    const auto& values = rows[key];
    if (std::adjacent_find(values.begin(), values.end(), std::not_equal_to<>()) == values.end())
      continue;
    content.push_back({{"key", key}, {"values", values}});
  }
  return content;
}

template <class F>
ordered_json differing_facts(const std::vector<StoredRun>& runs, const F& facts_of) {
  std::vector<Facts> facts;
  for (const auto& run : runs) facts.push_back(facts_of(run));
  return differing(facts);
}

/// One number of one training.
struct Score {
  std::string name;
  double value = 0;  // NaN: undefined
  std::int64_t used = -1, total = -1;
};

double value_of(const json& value) {
  return value.is_number() ? value.get<double>() : std::nan("");
}

/// All numbers of a task but counts, with those of its parts if there are two.
void add_task(const json& task, const std::string& name, std::vector<Score>& scores) {
  for (const auto& [key, value] : task.items()) {
    if (!value.is_number_float() && !value.is_null()) continue;
    scores.push_back({name + " " + key, value_of(value), task.value("used", std::int64_t{-1}),
                      task.value("total", std::int64_t{-1})});
  }
  for (const char* const part : {"semantic", "syntactic"}) {
    if (task.contains(part) && task.at(part).at("total") != 0 &&
        task.at(part).at("total") != task.at("total"))
      add_task(task.at(part), name + " " + part, scores);
  }
}

std::vector<Score> scores_of(const StoredSeed& seed) {
  std::vector<Score> scores;
  for (const auto& [key, value] : seed.results.items()) {
    if (value.is_number() || value.is_null()) scores.push_back({key, value_of(value)});
  }
  std::map<std::string, int> times;
  for (const auto& task : seed.scores) {
    auto name = task.at("task").get<std::string>() + " " + task.value("name", "");
    // Two files of one name in different folders are two benchmarks.
    if (const int time = ++times[name]; time > 1) name += fmt::format(" ({})", time);
    if (task.at("task") != "neighbors") add_task(task, name, scores);
  }
  return scores;
}

ordered_json number(double value) {
  return std::isfinite(value) ? ordered_json(value) : ordered_json(nullptr);
}

ordered_json cell_of(const std::vector<Score>& scores) {
  if (scores.empty()) return nullptr;
  std::vector<double> values;
  for (const auto& score : scores) values.push_back(score.value);
  const Spread all = spread(values);
  ordered_json cell = {{"mean", number(all.mean)}, {"sd", number(all.sd)}, {"n", all.n}};
  if (scores.front().total >= 0) {
    cell["used"] = scores.front().used;
    cell["total"] = scores.front().total;
  }
  return cell;
}

ordered_json scores_side_by_side(const std::vector<StoredRun>& runs) {
  std::vector<std::string> names;
  std::map<std::string, std::vector<std::vector<Score>>> rows;  // [run][seed]
  for (std::size_t run = 0; run < runs.size(); ++run) {
    for (const auto& seed : runs[run].seeds) {
      for (const auto& score : scores_of(seed)) {
        if (rows.count(score.name) == 0) {
          names.push_back(score.name);
          rows[score.name].resize(runs.size());
        }
        rows[score.name][run].push_back(score);
      }
    }
  }
  ordered_json content = ordered_json::array();
  for (const auto& name : names) {
    ordered_json row = {
        {"name", name}, {"cells", ordered_json::array()}, {"differences", ordered_json::array()}};
    const auto mean = [&](std::size_t run) {
      const auto& cell = row["cells"][run];
      return cell.is_null() || cell["mean"].is_null() ? std::nan("") : cell["mean"].get<double>();
    };
    for (std::size_t run = 0; run < runs.size(); ++run) {
      row["cells"].push_back(cell_of(rows[name][run]));
      row["differences"].push_back(run == 0 ? nullptr : number(mean(run) - mean(0)));
    }
    content.push_back(std::move(row));
  }
  return content;
}

ordered_json compare(const std::vector<StoredRun>& runs, const ComparisonOptions& options) {
  ordered_json content = {{"runs", ordered_json::array()},
                          {"options",
                           {{"resamples", options.bootstrap.resamples},
                            {"seed", options.bootstrap.seed},
                            {"block", options.bootstrap.block},
                            {"split", options.split},
                            {"seen", options.seen}}}};
  std::vector<RunEvidence> evidence;
  for (const auto& run : runs) {
    ordered_json seeds = ordered_json::array();
    for (const auto& seed : run.seeds) seeds.push_back(seed.seed);
    content["runs"].push_back({{"label", run.label},
                               {"path", run.path},
                               {"model", run.model},
                               {"seeds", seeds},
                               {"missing", run.missing}});
    evidence.push_back(read_evidence(run, options));
  }
  content["configuration"] = differing_facts(runs, configuration_of);
  content["origin"] = differing_facts(runs, origin_of);
  content["scores"] = scores_side_by_side(runs);
  content.update(paired_tests(evidence, options));
  if (options.words > 0) content["words"] = word_differences(evidence, options);
  return content;
}

}  // namespace

ordered_json compare_runs(const std::vector<StoredRun>& runs, const ComparisonOptions& options) {
  try {
    return compare(runs, options);
  } catch (const json::exception& error) {
    std::vector<std::string> paths;
    for (const auto& run : runs) paths.push_back(run.path);
    throw Error("the files of a run are damaged")
        .at("{}", join(paths, ", "))
        .expected("what `wordbridge train` wrote")
        .got("{}", error.what());
  }
}

}  // namespace wordbridge
