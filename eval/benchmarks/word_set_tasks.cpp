#include <nlohmann/json.hpp>

#include "eval/benchmarks/association.h"
#include "eval/benchmarks/categorization.h"
#include "eval/benchmarks/groups.h"
#include "eval/benchmarks/outliers.h"
#include "eval/benchmarks/pair_and_analogy_tasks.h"

// Tasks of sets of words: groups, categories, outliers, associations.

namespace wordbridge {
namespace {

using nlohmann::json;

json interval(double low, double high) { return {json_number(low), json_number(high)}; }

/// Of each class, how many of its words stand together, and with the words of which other.
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

}  // namespace

json groups_result(const WordLookup& words, const std::string& path) {
  const auto groups = read_word_groups(path);
  const auto scores = score_groups(words, groups);
  json result = {{"task", "groups"},
                 {"name", benchmark_name(path)},
                 {"auc", json_number(scores.auc)},
                 {"p", json_number(scores.p)},
                 {"used", scores.used},
                 {"total", scores.total},
                 {"pairs_within", scores.within},
                 {"pairs_across", scores.across}};
  result["groups"] = json::array();  // in the file's order, which decides their colours
  for (const auto& name : groups.names)
    result["groups"].push_back({{"name", name}, {"words", json::array()}});
  for (const auto& [word, group] : groups.words) result["groups"][group]["words"].push_back(word);
  return result;
}

json categories_result(const WordLookup& words, const std::string& path, std::int64_t resamples) {
  const auto groups = read_word_groups(path);
  BootstrapOptions bootstrap;
  if (resamples > 0) bootstrap.resamples = resamples;
  const auto scores = score_categorization(words, groups, bootstrap);
  json result = {{"task", "categories"},      {"name", benchmark_name(path)},
                 {"used", scores.used},       {"total", scores.total},
                 {"classes", scores.classes}, {"total_classes", scores.total_classes}};
  const std::pair<const char*, const ClusteringScores*> kinds[] = {
      {"k_means", &scores.k_means}, {"average", &scores.average}, {"ward", &scores.ward}};
  for (const auto& [name, clusters] : kinds) {
    const std::string suffix = std::string("_") + name;
    result["purity" + suffix] = json_number(clusters->purity);
    result["homogeneity" + suffix] = json_number(clusters->homogeneity);
    result["completeness" + suffix] = json_number(clusters->completeness);
    result["v" + suffix] = json_number(clusters->v_measure);
    result["in_clusters" + suffix] = classes_json(groups.names, *clusters);
    if (resamples > 0)
      result["intervals"]["purity" + suffix] =
          interval(clusters->purity_low, clusters->purity_high);
  }
  return result;
}

json outliers_result(const WordLookup& words, const std::string& path, std::int64_t resamples) {
  BootstrapOptions bootstrap;
  if (resamples > 0) bootstrap.resamples = resamples;
  const auto scores = outlier_scores(outlier_items(words, read_outlier_sets(path)), bootstrap);
  json result = {{"task", "outliers"},
                 {"name", benchmark_name(path)},
                 {"opp", json_number(scores.opp)},
                 {"accuracy", json_number(scores.accuracy)},
                 {"used", scores.used},
                 {"total", scores.total},
                 {"sets", scores.sets},
                 {"members_used", scores.members_used},
                 {"members_total", scores.members_total}};
  if (resamples > 0) {
    result["intervals"] = {{"opp", interval(scores.opp_low, scores.opp_high)},
                           {"accuracy", interval(scores.accuracy_low, scores.accuracy_high)}};
  }
  return result;
}

void add_association_results(const WordLookup& words, const std::string& path, json& results) {
  for (const auto& test : read_association_tests(path)) {
    const auto scores = score_association(words, test);
    const auto sum = [](const auto& targets, const auto& attributes) {
      return targets[0] + targets[1] + attributes[0] + attributes[1];
    };
    results.push_back({{"task", "association"},
                       {"name", test.name},
                       {"targets", {test.targets[0].category, test.targets[1].category}},
                       {"attributes", {test.attributes[0].category, test.attributes[1].category}},
                       {"effect_size", json_number(scores.effect_size)},
                       {"p", json_number(scores.p)},
                       {"statistic", json_number(scores.statistic)},
                       {"partitions", scores.partitions},
                       {"exact", scores.is_exact},
                       {"used", sum(scores.targets_used, scores.attributes_used)},
                       {"total", sum(scores.targets_total, scores.attributes_total)}});
  }
}

}  // namespace wordbridge
