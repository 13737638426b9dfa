#include <cmath>
#include <nlohmann/json.hpp>

#include "core/json.h"
#include "eval/benchmarks/association.h"
#include "eval/benchmarks/categorization.h"
#include "eval/benchmarks/groups.h"
#include "eval/benchmarks/no_score.h"
#include "eval/benchmarks/outliers.h"
#include "eval/benchmarks/tasks.h"

// Tasks on sets of words: groups, categories, outliers, associations.

namespace wordbridge {
namespace {

using nlohmann::json;

json interval(double low, double high) { return {number_or_null(low), number_or_null(high)}; }

/// For each class: the largest number of its words in a single cluster, and the most frequent other
/// class in that cluster.
json classes_json(const std::vector<std::string>& names, const ClusteringScores& clusters) {
  json classes = json::array();
  for (std::size_t i = 0; i < clusters.classes.size(); ++i) {
    const auto& one = clusters.classes[i];
    json entry = {{"name", names[i]},
                  {"words", one.words},
                  {"together", one.together},
                  {"cluster", one.cluster}};
    if (one.other >= 0) entry["other"] = names[static_cast<std::size_t>(one.other)];
    classes.push_back(std::move(entry));
  }
  return classes;
}

std::vector<std::string> words_in(const WordGroups& groups) {
  std::vector<std::string> words;
  for (const auto& [word, group] : groups.words) words.push_back(word);
  return words;
}

json groups_result(const TaskInput& input, const std::string& path) {
  const auto groups = read_word_groups(path);
  const auto scores = score_groups(input.words, groups);
  json result = {{"task", "groups"},
                 {"name", benchmark_name(path)},
                 {"auc", number_or_null(scores.auc)},
                 {"p", number_or_null(scores.p)},
                 {"used", scores.used},
                 {"total", scores.total},
                 {"pairs_within", scores.within},
                 {"pairs_across", scores.across}};
  result["groups"] = json::array();  // in file order, which determines the colours
  for (const auto& name : groups.names)
    result["groups"].push_back({{"name", name}, {"words", json::array()}});
  for (const auto& [word, group] : groups.words) result["groups"][group]["words"].push_back(word);
  if (std::isnan(scores.auc))
    result["warning"] = no_score_warning(
        input.words, {path, "words", scores.used, scores.total,
                      "two of one group and one of another are", words_in(groups)});
  return result;
}

json categories_result(const TaskInput& input, const std::string& path) {
  const auto groups = read_word_groups(path);
  BootstrapOptions bootstrap;
  if (input.resamples > 0) bootstrap.resamples = input.resamples;
  const auto scores = score_categorization(input.words, groups, bootstrap);
  json result = {{"task", "categories"},      {"name", benchmark_name(path)},
                 {"used", scores.used},       {"total", scores.total},
                 {"classes", scores.classes}, {"total_classes", scores.total_classes}};
  if (scores.classes < 2)
    result["warning"] =
        no_score_warning(input.words, {path, "words", scores.used, scores.total,
                                       "words of two categories are", words_in(groups)});
  const std::pair<const char*, const ClusteringScores*> kinds[] = {
      {"k_means", &scores.k_means}, {"average", &scores.average}, {"ward", &scores.ward}};
  for (const auto& [name, clusters] : kinds) {
    const std::string suffix = std::string("_") + name;
    result["purity" + suffix] = number_or_null(clusters->purity);
    result["homogeneity" + suffix] = number_or_null(clusters->homogeneity);
    result["completeness" + suffix] = number_or_null(clusters->completeness);
    result["v" + suffix] = number_or_null(clusters->v_measure);
    result["in_clusters" + suffix] = classes_json(groups.names, *clusters);
    if (input.resamples > 0)
      result["intervals"]["purity" + suffix] =
          interval(clusters->purity_low, clusters->purity_high);
  }
  return result;
}

json outliers_result(const TaskInput& input, const std::string& path) {
  BootstrapOptions bootstrap;
  if (input.resamples > 0) bootstrap.resamples = input.resamples;
  const auto sets = read_outlier_sets(path);
  const auto scores = outlier_scores(outlier_items(input.words, sets), bootstrap);
  json result = {{"task", "outliers"},
                 {"name", benchmark_name(path)},
                 {"opp", number_or_null(scores.opp)},
                 {"accuracy", number_or_null(scores.accuracy)},
                 {"used", scores.used},
                 {"total", scores.total},
                 {"sets", scores.sets},
                 {"members_used", scores.members_used},
                 {"members_total", scores.members_total}};
  if (scores.used == 0) {
    NoScore none{path, "outliers", 0, scores.total, "one with two members of its set is", {}};
    for (const auto& set : sets)
      for (const auto* const words : {&set.members, &set.outliers})
        none.words.insert(none.words.end(), words->begin(), words->end());
    result["warning"] = no_score_warning(input.words, none);
  }
  if (input.resamples > 0) {
    result["intervals"] = {{"opp", interval(scores.opp_low, scores.opp_high)},
                           {"accuracy", interval(scores.accuracy_low, scores.accuracy_high)}};
  }
  return result;
}

/// Appends a result for each test of the file.
void add_association_results(const TaskInput& input, const std::string& path, json& results) {
  for (const auto& test : read_association_tests(path)) {
    const auto scores = score_association(input.words, test);
    const auto sum = [](const auto& targets, const auto& attributes) {
      return targets[0] + targets[1] + attributes[0] + attributes[1];
    };
    results.push_back({{"task", "association"},
                       {"name", test.name},
                       {"targets", {test.targets[0].category, test.targets[1].category}},
                       {"attributes", {test.attributes[0].category, test.attributes[1].category}},
                       {"effect_size", number_or_null(scores.effect_size)},
                       {"p", number_or_null(scores.p)},
                       {"statistic", number_or_null(scores.statistic)},
                       {"partitions", scores.partitions},
                       {"exact", scores.is_exact},
                       {"used", sum(scores.targets_used, scores.attributes_used)},
                       {"total", sum(scores.targets_total, scores.attributes_total)}});
    if (!std::isnan(scores.effect_size)) continue;
    NoScore none{path + ", " + test.name,
                 "words",
                 results.back()["used"],
                 results.back()["total"],
                 "one of each of the four sets, and targets of different association, are",
                 {}};
    for (const auto* const sets : {&test.targets, &test.attributes})
      for (const auto& set : *sets)
        none.words.insert(none.words.end(), set.words.begin(), set.words.end());
    results.back()["warning"] = no_score_warning(input.words, none);
  }
}

/// Appends the results of a task that has one result per file.
template <json (*result)(const TaskInput&, const std::string&)>
void score_each(const TaskInput& input, const std::vector<std::string>& paths, json& results) {
  for (const auto& path : paths) results.push_back(result(input, path));
}

void score_associations(const TaskInput& input, const std::vector<std::string>& paths,
                        json& results) {
  for (const auto& path : paths) add_association_results(input, path, results);
}

}  // namespace

BenchmarkTask groups_task() {
  BenchmarkTask task;
  task.name = "groups";
  task.help =
      "files of word groups (word TAB group); measures how well distances between words separate "
      "the groups";
  task.results = {{"groups", {{"auc", "AUC"}, {"p", "p", Better::neither}}}};
  task.score = score_each<groups_result>;
  return task;
}

BenchmarkTask categories_task() {
  BenchmarkTask task;
  task.name = "categories";
  task.help =
      "files of word groups (word TAB group); measures how well clustering recovers the groups";
  task.results = {{"categories",
                   {{"purity_k_means", "purity, k-means"},
                    {"purity_average", "purity, average linkage"},
                    {"purity_ward", "purity, Ward"},
                    {"v_k_means", "V, k-means"},
                    {"v_average", "V, average linkage"},
                    {"v_ward", "V, Ward"}}}};
  task.has_intervals = true;
  task.score = score_each<categories_result>;
  return task;
}

BenchmarkTask outliers_task() {
  BenchmarkTask task;
  task.name = "outliers";
  task.help = "files or folders of word sets with outliers (outlier detection)";
  task.results = {{"outliers", {{"opp", "OPP"}, {"accuracy", "accuracy"}}}};
  task.may_be_folder = true;
  task.has_intervals = true;
  task.score = score_each<outliers_result>;
  return task;
}

BenchmarkTask associations_task() {
  BenchmarkTask task;
  task.name = "associations";
  task.help = "files or folders of word embedding association tests (WEAT)";
  task.results = {{"association",
                   {{"effect_size", "effect size", Better::neither}, {"p", "p", Better::neither}}}};
  task.may_be_folder = true;
  task.score = score_associations;
  return task;
}

}  // namespace wordbridge
