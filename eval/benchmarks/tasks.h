#pragma once

#include <cstdint>
#include <map>
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <vector>

#include "eval/benchmarks/analogy.h"
#include "eval/benchmarks/item_scores.h"
#include "eval/benchmarks/metric.h"
#include "eval/benchmarks/relatedness.h"
#include "eval/benchmarks/similarity.h"
#include "eval/benchmarks/word_lookup.h"
#include "eval/neighbors/neighbors.h"

// Benchmark tasks (docs/adding-a-benchmark-task.md). A result is a JSON object with `task`, `name`,
// scores, coverage (`used` of `total`) and, if resamples > 0, `intervals` (score -> its 95 %
// bootstrap interval). A result without a score says why in `warning`.

namespace wordbridge {

class BenchmarkRelatedness;

/// Input of a task.
struct TaskInput {
  const WordLookup& words;
  std::int64_t resamples = 0;  // number of bootstrap resamples for intervals; 0: no intervals
  AnalogyOptions analogy = {};
  std::int64_t analogy_vocabulary = 0;  // the first N words are candidate answers; 0: all words
  const BenchmarkRelatedness* relatedness = nullptr;  // null: not requested
  EvalItems* items = nullptr;  // output for the scores of items; null: not stored
};

/// Metrics of one kind of result (its `task`), in the order used in tables.
struct ResultMetrics {
  const char* task;
  std::vector<Metric> metrics;
};

/// A task whose benchmarks are files. The keys of `eval:`, the options of `wordbridge eval`, the
/// evaluation, the tables and the reports are derived from it.
struct BenchmarkTask {
  std::string name;  // "similarity": the key in YAML and the option --similarity
  std::string help;
  std::vector<ResultMetrics> results;
  bool may_be_folder = false;  // whether a benchmark may be a folder of files
  bool has_intervals = false;  // whether scores have 95 % intervals
  /// Appends the results of all benchmarks of the task.
  void (*score)(const TaskInput& input, const std::vector<std::string>& paths,
                nlohmann::json& results);
};

/// All tasks, in the order in which results are reported.
const std::vector<BenchmarkTask>& benchmark_tasks();

/// Benchmark files or folders by task name.
using BenchmarkFiles = std::map<std::string, std::vector<std::string>>;
/// One entry for each task, without files.
BenchmarkFiles no_benchmark_files();

BenchmarkTask similarity_task();
BenchmarkTask analogy_task();
BenchmarkTask groups_task();
BenchmarkTask categories_task();
BenchmarkTask outliers_task();
BenchmarkTask associations_task();

/// The file name without its extension.
std::string benchmark_name(const std::string& path);

/// Properties of the vectors of the first `vocabulary` words.
nlohmann::json properties_result(const EmbeddingTable& table, std::int64_t vocabulary);
ResultMetrics properties_metrics();

/// Measures of relatedness other than human scores, for the pairs of several benchmarks. They are
/// computed once and can be compared with the cosine similarities of any table
/// (eval/benchmarks/relatedness.h).
class BenchmarkRelatedness {
 public:
  /// `corpus`: path of the corpus in which co-occurrences are counted; empty: no PPMI. Throws Error
  /// if WordNet is not found.
  BenchmarkRelatedness(const std::vector<std::string>& benchmarks, const std::string& corpus);
  /// Appends a result for each benchmark: `people`, `path`, `glosses` and `ppmi`, each with its
  /// Spearman correlation with the cosine similarity.
  void add_results(const WordLookup& words, nlohmann::json& results) const;

 private:
  struct Set {
    std::string name;
    std::vector<WordPair> pairs;
    std::vector<PairValues> kinds;
  };
  std::vector<Set> sets_;
};

/// Nearest neighbours of a word. An out-of-vocabulary word is not an error, so that a run keeps its
/// other scores.
/// `make`: a word that is not in the table gets a vector from its character n-grams, if the table
/// has any; then `made` is true.
nlohmann::json neighbors_result(const EmbeddingTable& table, const NearestRows& search,
                                const std::string& word, bool make);

}  // namespace wordbridge
