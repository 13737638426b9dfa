#include "train/runs/run_comparison.h"

#include <algorithm>
#include <cmath>
#include <functional>
#include <map>
#include <optional>
#include <set>

#include "core/error.h"
#include "core/json.h"
#include "core/text.h"
#include "eval/statistics/correlation.h"
#include "models/registry.h"
#include "train/runs/manifest_facts.h"
#include "train/runs/run_evidence.h"

namespace wordbridge {
namespace {

using nlohmann::json;
using Facts = std::vector<std::pair<std::string, std::string>>;

std::string seeds_text(const StoredRun& run) {
  std::vector<std::string> seeds;
  for (const auto& seed : run.seeds) seeds.push_back(std::to_string(seed.seed));
  return join(seeds, ", ");
}

/// Whether the setting has an effect on the run: word2vec reads only two of `train`, fitted models
/// none.
bool has_effect(const std::string& key, const std::string& model) {
  if (key == "name" || key == "train.budget") return false;
  if (key.rfind("train.", 0) != 0) return true;
  const auto& models = registered_models();
  const auto info = std::find_if(models.begin(), models.end(),
                                 [&](const auto& entry) { return entry.name == model; });
  if (info == models.end() || info->kind == LearnerKind::gradient) return true;
  return info->kind == LearnerKind::kernel && (key == "train.epochs" || key == "train.lr");
}

/// The settings that have an effect, with all seeds of a run as one value.
Facts configuration_of(const StoredRun& run) {
  Facts facts;
  for (const auto& [key, value] : run.settings) {
    if (has_effect(key, run.model))
      facts.emplace_back(key, key == "seed" ? seeds_text(run) : value);
  }
  return facts;
}

/// The facts that differ between the runs or that only some of them have, in order of first
/// appearance.
template <class F>
std::vector<RunComparison::Fact> differing(const std::vector<StoredRun>& runs, const F& facts_of) {
  std::vector<RunComparison::Fact> facts;
  std::map<std::string, std::size_t> places;
  for (std::size_t run = 0; run < runs.size(); ++run) {
    for (const auto& [key, value] : facts_of(runs[run])) {
      const auto [place, is_new] = places.emplace(key, facts.size());
      if (is_new) facts.push_back({key, std::vector<std::optional<std::string>>(runs.size())});
      facts[place->second].values[run] = value;
    }
  }
  const auto all_equal = [](const RunComparison::Fact& fact) {
    const auto& values = fact.values;
    return std::adjacent_find(values.begin(), values.end(), std::not_equal_to<>()) == values.end();
  };
  facts.erase(std::remove_if(facts.begin(), facts.end(), all_equal), facts.end());
  return facts;
}

/// "model.word2vec" of "model.word2vec.dim", "train" of "train.schedule.type"
std::string section_of(const std::string& key) {
  const auto dot = key.find('.');
  return key.substr(0, key.rfind("model.", 0) == 0 ? key.find('.', dot + 1) : dot);
}

/// The labels of the runs that have the setting; empty if all have it.
std::string only_in(const RunComparison::Fact& fact, const std::vector<StoredRun>& runs) {
  std::vector<std::string> labels;
  for (std::size_t run = 0; run < runs.size(); ++run)
    if (fact.values[run]) labels.push_back(runs[run].label);
  return labels.size() == runs.size() ? "" : join(labels, ", ");
}

/// Whether two runs that have the setting have different values.
bool has_two_values(const RunComparison::Fact& fact) {
  std::set<std::string> values;
  for (const auto& value : fact.values)
    if (value) values.insert(*value);
  return values.size() > 1;
}

/// Puts one fact in place of the settings of a section that only some runs have, such as those of a
/// model. Settings in which those runs differ remain.
std::vector<RunComparison::Fact> by_section(const std::vector<RunComparison::Fact>& facts,
                                            const std::vector<StoredRun>& runs) {
  const auto group_of = [&](const RunComparison::Fact& fact) {
    return std::pair(section_of(fact.key), only_in(fact, runs));
  };
  std::map<std::pair<std::string, std::string>, int> sizes;
  for (const auto& fact : facts) ++sizes[group_of(fact)];
  std::vector<RunComparison::Fact> shown;
  for (const auto& fact : facts) {
    const auto group = group_of(fact);
    int& size = sizes[group];
    if (group.second.empty() || size == 1) {
      shown.push_back(fact);
      continue;
    }
    if (size > 1) {  // the first of the group
      auto& line = shown.emplace_back(RunComparison::Fact{group.first, fact.values});
      for (auto& value : line.values)
        if (value) value = fmt::format("only in {} ({} settings)", group.second, size);
      size = 0;
    }
    if (has_two_values(fact)) shown.push_back(fact);
  }
  return shown;
}

/// One score of one seed.
struct SeedScore {
  std::string name;
  double value = 0;  // NaN: undefined
  std::int64_t used = -1, total = -1;
};

/// Adds all scores of a task except counts, and those of its semantic and syntactic parts if it has
/// both.
void add_task(const json& task, const std::string& name, std::vector<SeedScore>& scores) {
  for (const auto& [key, value] : task.items()) {
    if (!value.is_number_float() && !value.is_null()) continue;
    scores.push_back({name + " " + key, number_or_nan(value), task.value("used", std::int64_t{-1}),
                      task.value("total", std::int64_t{-1})});
  }
  for (const char* const part : {"semantic", "syntactic"}) {
    if (task.contains(part) && task.at(part).at("total") != 0 &&
        task.at(part).at("total") != task.at("total"))
      add_task(task.at(part), name + " " + part, scores);
  }
}

std::vector<SeedScore> scores_of(const StoredSeed& seed) {
  std::vector<SeedScore> scores;
  for (const auto& [key, value] : seed.results.items()) {
    if (value.is_number() || value.is_null()) scores.push_back({key, number_or_nan(value)});
  }
  std::map<std::string, int> times;
  for (const auto& task : seed.scores) {
    auto name = task.at("task").get<std::string>() + " " + task.value("name", "");
    // Files of the same name in different folders are different benchmarks.
    if (const int time = ++times[name]; time > 1) name += fmt::format(" ({})", time);
    if (task.at("task") != "neighbors") add_task(task, name, scores);
  }
  return scores;
}

std::optional<RunComparison::Cell> cell_of(const std::vector<SeedScore>& scores) {
  if (scores.empty()) return std::nullopt;
  std::vector<double> values;
  for (const auto& score : scores) values.push_back(score.value);
  const Spread all = spread(values);
  return RunComparison::Cell{all.mean, all.sd, all.n, scores.front().used, scores.front().total};
}

std::vector<RunComparison::Score> scores_side_by_side(const std::vector<StoredRun>& runs) {
  std::vector<std::string> names;
  std::map<std::string, std::vector<std::vector<SeedScore>>> rows;  // [run][seed]
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
  std::vector<RunComparison::Score> scores;
  for (const auto& name : names) {
    auto& score = scores.emplace_back(RunComparison::Score{name, {}, {}});
    for (const auto& seeds : rows[name]) score.cells.push_back(cell_of(seeds));
    const auto mean = [&](std::size_t run) {
      return score.cells[run] ? score.cells[run]->mean : std::nan("");
    };
    for (std::size_t run = 0; run < runs.size(); ++run)
      score.differences.push_back(run == 0 ? std::nan("") : mean(run) - mean(0));
  }
  return scores;
}

RunComparison compare(const std::vector<StoredRun>& runs, const ComparisonOptions& options) {
  RunComparison comparison;
  comparison.options = options;
  std::vector<RunEvidence> evidence;
  for (const auto& run : runs) {
    auto& entry = comparison.runs.emplace_back(
        RunComparison::Run{run.label, run.path, run.model, {}, run.missing});
    for (const auto& seed : run.seeds) entry.seeds.push_back(seed.seed);
    evidence.push_back(read_evidence(run, options));
  }
  comparison.configuration = by_section(differing(runs, configuration_of), runs);
  comparison.origin =
      differing(runs, [](const StoredRun& run) { return manifest_facts(run.manifest); });
  comparison.scores = scores_side_by_side(runs);
  comparison.tests = paired_tests(evidence, options);
  if (options.words > 0) comparison.words = word_differences(evidence, options);
  return comparison;
}

}  // namespace

RunComparison compare_runs(const std::vector<StoredRun>& runs, const ComparisonOptions& options) {
  try {
    return compare(runs, options);
  } catch (const json::exception& error) {
    std::vector<std::string> paths;
    for (const auto& run : runs) paths.push_back(run.path);
    throw Error("the files of a run are damaged")
        .at("{}", join(paths, ", "))
        .expected("files written by `wordbridge train`")
        .got("{}", json_problem(error));
  }
}

}  // namespace wordbridge
