#include <cmath>
#include <nlohmann/json.hpp>
#include <optional>

#include "core/error.h"
#include "core/json.h"
#include "eval/benchmarks/analogy.h"
#include "eval/benchmarks/no_score.h"
#include "eval/benchmarks/similarity.h"
#include "eval/benchmarks/tasks.h"
#include "eval/neighbors/neighbors.h"
#include "eval/statistics/bootstrap.h"
#include "eval/statistics/cosine.h"

namespace wordbridge {
namespace {

using nlohmann::json;

constexpr std::int64_t kNeighborsShown = 10;

json interval_json(const BootstrapInterval& interval) {
  return {number_or_null(interval.low), number_or_null(interval.high)};
}

BootstrapOptions bootstrap_of(std::int64_t resamples) {
  BootstrapOptions options;
  options.resamples = resamples;
  return options;
}

json similarity_intervals(const SimilarityItems& items, std::int64_t resamples) {
  std::vector<double> cosines, judged;
  for (std::size_t i = 0; i < items.cosines.size(); ++i) {
    if (std::isnan(items.cosines[i])) continue;
    cosines.push_back(items.cosines[i]);
    judged.push_back(items.judged[i]);
  }
  const auto of = [&](Correlation kind) {
    return interval_json(bootstrap_correlation(kind, cosines, judged, bootstrap_of(resamples)));
  };
  return {{"spearman", of(Correlation::spearman)}, {"pearson", of(Correlation::pearson)}};
}

/// Name of a method in JSON, and the members that contain its counts and answers.
struct CountedMethod {
  const char* name;
  AnalogyCount AnalogyCounts::*count;
  AnalogyAnswers AnalogyItems::*answers;
};
constexpr CountedMethod kCountedMethods[] = {
    {"add", &AnalogyCounts::add, &AnalogyItems::add},
    {"mul", &AnalogyCounts::mul, &AnalogyItems::mul},
    {"pair_direction", &AnalogyCounts::pair_direction, &AnalogyItems::pair_direction},
    {"average", &AnalogyCounts::average, &AnalogyItems::average}};

/// The requested methods.
std::vector<CountedMethod> methods_of(const AnalogyItems& items) {
  std::vector<CountedMethod> methods;
  for (const auto& method : kCountedMethods)
    if (!(items.*method.answers).empty()) methods.push_back(method);
  return methods;
}

json counts_json(const AnalogyCounts& counts, const std::vector<CountedMethod>& methods) {
  json result = {{"used", counts.used}, {"total", counts.total}};
  for (const auto& method : methods) {
    const auto& count = counts.*method.count;
    const std::string suffix = std::string("_") + method.name;
    result["accuracy" + suffix] = number_or_null(counts.accuracy(count));
    result["mrr" + suffix] = number_or_null(counts.mean_reciprocal_rank(count));
    result["correct" + suffix] = count.correct;
  }
  return result;
}

/// Intervals of accuracies and mean reciprocal ranks over any subset of the sections.
class AnalogyIntervals {
 public:
  AnalogyIntervals(const AnalogyItems& items, const std::vector<CountedMethod>& methods,
                   std::int64_t resamples)
      : methods_(methods) {
    std::vector<std::vector<double>> scores(2 * methods.size());
    std::vector<std::int32_t> sections;
    for (std::size_t q = 0; q < items.section.size(); ++q) {
      if (items.add.right[q] == AnalogyItems::kNotUsed) continue;
      sections.push_back(items.section[q]);
      for (std::size_t m = 0; m < methods.size(); ++m) {
        const auto& answers = items.*methods[m].answers;
        scores[2 * m].push_back(answers.right[q]);
        scores[2 * m + 1].push_back(answers.rank[q] > 0 ? 1.0 / answers.rank[q] : 0.0);
      }
    }
    used_ = sections.empty() ? 0 : static_cast<std::size_t>(sections.back()) + 1;
    if (used_ > 0) means_.emplace(scores, sections, bootstrap_of(resamples));
  }
  /// Intervals over the sections for which `is_in` holds.
  template <class IsIn>
  json of(const IsIn& is_in) const {
    json intervals = json::object();
    std::vector<bool> chosen;
    for (std::size_t section = 0; section < used_; ++section) chosen.push_back(is_in(section));
    for (std::size_t m = 0; m < methods_.size(); ++m) {
      const auto interval = [&](std::size_t score) {
        return interval_json(means_ ? means_->interval(score, chosen) : BootstrapInterval());
      };
      intervals[std::string("accuracy_") + methods_[m].name] = interval(2 * m);
      intervals[std::string("mrr_") + methods_[m].name] = interval(2 * m + 1);
    }
    return intervals;
  }

 private:
  std::vector<CountedMethod> methods_;
  std::size_t used_ = 0;  // number of sections up to the last with used questions
  std::optional<StratifiedMeans> means_;
};

json similarity_result(const TaskInput& input, const std::string& path) {
  const auto pairs = read_word_pairs(path);
  const auto items = similarity_items(input.words, pairs);
  const auto scores = similarity_scores(items);
  if (input.items != nullptr)
    input.items->similarity.push_back({benchmark_name(path), items_sha256(pairs), items});
  json result = {{"task", "similarity"},
                 {"name", benchmark_name(path)},
                 {"spearman", number_or_null(scores.spearman)},
                 {"pearson", number_or_null(scores.pearson)},
                 {"used", scores.used},
                 {"total", scores.total},
                 {"unknown", scores.unknown},
                 {"undefined", scores.undefined}};
  if (std::isnan(scores.spearman)) {
    NoScore none{path, "pairs", scores.used, scores.total, "two with different scores are", {}};
    for (const auto& pair : pairs) none.words.insert(none.words.end(), {pair.first, pair.second});
    result["warning"] = no_score_warning(input.words, none);
  }
  if (input.resamples > 0) result["intervals"] = similarity_intervals(items, input.resamples);
  return result;
}

/// Mean over several similarity benchmarks, weighted by the used pairs.
json similarity_mean(const json& results) {
  double spearman = 0, pearson = 0;
  std::int64_t used = 0, total = 0;
  for (const auto& result : results) {
    if (result.at("task") != "similarity") continue;
    total += result.at("total").get<std::int64_t>();
    if (result.at("spearman").is_null()) continue;
    const auto pairs = result.at("used").get<std::int64_t>();
    used += pairs;
    spearman += static_cast<double>(pairs) * result.at("spearman").get<double>();
    pearson += static_cast<double>(pairs) * result.at("pearson").get<double>();
  }
  const auto count = static_cast<double>(used);
  return {{"task", "similarity-mean"},
          {"name", "mean over pairs"},
          {"spearman", number_or_null(spearman / count)},
          {"pearson", number_or_null(pearson / count)},
          {"used", used},
          {"total", total}};
}

void score_similarity(const TaskInput& input, const std::vector<std::string>& paths,
                      json& results) {
  for (const auto& path : paths) results.push_back(similarity_result(input, path));
  if (paths.size() > 1) results.push_back(similarity_mean(results));
  if (input.relatedness != nullptr) input.relatedness->add_results(input.words, results);
}

json analogy_result(const WordLookup& words, const std::string& path, const TaskInput& input) {
  const auto sections = read_analogies(path);
  const auto items = analogy_items(words, sections, input.analogy);
  const auto methods = methods_of(items);
  const auto scores = analogy_scores(items);
  if (input.items != nullptr)
    input.items->analogy.push_back(
        {benchmark_name(path), items_sha256(sections), words.table().size(), items});
  json result = counts_json(scores.total, methods);
  result["task"] = "analogy";
  result["name"] = benchmark_name(path);
  result["vocabulary"] = words.table().size();
  for (const auto& method : methods)
    result[std::string("mean_accuracy_") + method.name] =
        number_or_null(scores.mean_accuracy(method.count));
  result["semantic"] = counts_json(scores.semantic, methods);
  result["syntactic"] = counts_json(scores.syntactic, methods);
  result["sections"] = json::array();
  for (const auto& [name, counts] : scores.sections) {
    auto section = counts_json(counts, methods);
    section["name"] = name;
    result["sections"].push_back(section);
  }
  if (scores.total.used == 0) {
    NoScore none{path, "questions", 0, scores.total.total, "one is", {}};
    for (const auto& section : sections)
      for (const auto& question : section.questions)
        none.words.insert(none.words.end(), question.begin(), question.end());
    result["warning"] = no_score_warning(words, none);
  }
  if (input.resamples == 0) return result;
  const AnalogyIntervals intervals(items, methods, input.resamples);
  result["intervals"] = intervals.of([](std::size_t) { return true; });
  result["semantic"]["intervals"] =
      intervals.of([&](std::size_t s) { return !is_syntactic(items.sections[s]); });
  result["syntactic"]["intervals"] =
      intervals.of([&](std::size_t s) { return is_syntactic(items.sections[s]); });
  for (std::size_t i = 0; i < items.sections.size(); ++i)
    result["sections"][i]["intervals"] = intervals.of([&](std::size_t s) { return s == i; });
  return result;
}

void score_analogies(const TaskInput& input, const std::vector<std::string>& paths, json& results) {
  if (paths.empty()) return;
  const WordLookup answers(input.words.table().first(input.analogy_vocabulary),
                           input.words.options());
  for (const auto& path : paths) results.push_back(analogy_result(answers, path, input));
}

}  // namespace

BenchmarkTask similarity_task() {
  const std::vector<Metric> metrics = {{"spearman", "Spearman"}, {"pearson", "Pearson"}};
  BenchmarkTask task;
  task.name = "similarity";
  task.help = "files of word pairs with human scores";
  task.results = {{"similarity", metrics}, {"similarity-mean", metrics}};
  task.has_intervals = true;
  task.score = score_similarity;
  return task;
}

BenchmarkTask analogy_task() {
  BenchmarkTask task;
  task.name = "analogy";
  task.help = "files of analogy questions (four words per line, ': section')";
  task.results = {{"analogy",
                   {{"accuracy_add", "3CosAdd"},
                    {"accuracy_mul", "3CosMul"},
                    {"accuracy_pair_direction", "PairDirection"},
                    {"accuracy_average", "3CosAvg"},
                    {"mean_accuracy_add", "3CosAdd, mean of sections"},
                    {"mean_accuracy_mul", "3CosMul, mean of sections"},
                    {"mean_accuracy_pair_direction", "PairDirection, mean of sections"},
                    {"mean_accuracy_average", "3CosAvg, mean of sections"},
                    {"mrr_add", "3CosAdd MRR"},
                    {"mrr_mul", "3CosMul MRR"},
                    {"mrr_pair_direction", "PairDirection MRR"},
                    {"mrr_average", "3CosAvg MRR"}}}};
  task.has_intervals = true;
  task.score = score_analogies;
  return task;
}

json neighbors_result(const EmbeddingTable& table, const NearestRows& search,
                      const std::string& word, bool make) {
  json result = {{"task", "neighbors"}, {"name", word}};
  result["known"] = table.find(word) >= 0;
  result["neighbors"] = json::array();
  NeighborQuery query;
  try {
    query = neighbor_query(table, {{word}}, make);
  } catch (const Error&) {
    return result;  // no vector, or a zero vector
  }
  if (!query.made.empty()) result["made"] = true;
  for (const auto& neighbor : nearest(table, query, kNeighborsShown, search))
    result["neighbors"].push_back({{"word", neighbor.word}, {"cosine", neighbor.cosine}});
  return result;
}

}  // namespace wordbridge
