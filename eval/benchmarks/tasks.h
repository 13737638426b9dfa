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

// The tasks of benchmarks (docs/adding-a-benchmark-task.md). A result is a JSON object with `task`,
// `name`, scores, coverage (`used` of `total`) and `intervals` (score -> its 95 % bootstrap
// interval), where `resamples` is not 0.

namespace wordbridge {

class BenchmarkRelatedness;

/// What a task is scored on.
struct TaskInput {
  const WordLookup& words;
  std::int64_t resamples = 0;  // of the bootstrap for intervals, 0: none
  AnalogyOptions analogy = {};
  std::int64_t analogy_vocabulary = 0;                // answers among the first N words, 0: all
  const BenchmarkRelatedness* relatedness = nullptr;  // null: it is not asked for
  EvalItems* items = nullptr;                         // where items' scores are kept; null: nowhere
};

/// The metrics of the results of one kind (their `task`), in the order of tables.
struct ResultMetrics {
  const char* task;
  std::vector<Metric> metrics;
};

/// A task whose benchmarks are files. The keys of `eval:`, the options of `wordbridge eval`,
/// evaluation, tables and reports follow from it.
struct BenchmarkTask {
  std::string name;  // "similarity": the key in YAML, and --similarity
  std::string help;
  std::vector<ResultMetrics> results;
  bool may_be_folder = false;  // a benchmark may be a folder of files
  bool has_intervals = false;  // scores have 95 % intervals
  /// Appends the results of all benchmarks of the task.
  void (*score)(const TaskInput& input, const std::vector<std::string>& paths,
                nlohmann::json& results);
};

/// All tasks, in the order of their results.
const std::vector<BenchmarkTask>& benchmark_tasks();

/// Benchmarks' files or folders by the name of the task: all tasks, without files.
using BenchmarkFiles = std::map<std::string, std::vector<std::string>>;
BenchmarkFiles no_benchmark_files();

BenchmarkTask similarity_task();
BenchmarkTask analogy_task();
BenchmarkTask groups_task();
BenchmarkTask categories_task();
BenchmarkTask outliers_task();
BenchmarkTask associations_task();

/// The file's name without its ending.
std::string benchmark_name(const std::string& path);

/// Properties of the first `vocabulary` words' vectors.
nlohmann::json properties_result(const EmbeddingTable& table, std::int64_t vocabulary);
ResultMetrics properties_metrics();

/// Measures other than people's scores by which the words of a pair may be similar, for the pairs
/// of several benchmarks: computed once, then compared with the cosines of any table
/// (eval/benchmarks/relatedness.h).
class BenchmarkRelatedness {
 public:
  /// `corpus`: a text in which pairs are counted, empty: none. Error if WordNet is not found.
  BenchmarkRelatedness(const std::vector<std::string>& benchmarks, const std::string& corpus);
  /// A result for each benchmark: `people`, `path`, `glosses`, `ppmi`, each with Spearman's
  /// correlation with the cosine.
  void add_results(const WordLookup& words, nlohmann::json& results) const;

 private:
  struct Set {
    std::string name;
    std::vector<WordPair> pairs;
    std::vector<PairValues> kinds;
  };
  std::vector<Set> sets_;
};

/// The nearest words of a word. A word that the vocabulary happens to lack is no reason to lose a
/// run's other scores.
nlohmann::json neighbors_result(const EmbeddingTable& table, const std::string& word);

}  // namespace wordbridge
