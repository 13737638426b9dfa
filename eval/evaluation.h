#pragma once

#include <cstdint>
#include <memory>
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <vector>

#include "core/config/fields.h"
#include "data/vectors/embedding_table.h"
#include "eval/benchmarks/tasks.h"
#include "eval/benchmarks/word_lookup.h"
#include "eval/postprocess.h"

namespace wordbridge {

/// The `eval:` section: benchmarks for the vectors of a run and evaluation settings.
struct EvalOptions {
  BenchmarkFiles files = no_benchmark_files();  // by task: files["similarity"]
  std::int64_t properties = 0;            // number of words whose vectors are described, 0: none
  bool relatedness = false;               // also compare cosine similarities with WordNet
  std::string relatedness_corpus;         // text for PPMI, with `relatedness`; empty: none
  std::vector<std::string> postprocess;   // "center,normalize": steps before scoring again
  std::int64_t analogy_vocabulary = 0;    // candidate answers: the first N words, 0: all
  std::vector<std::string> analogy_also;  // additional methods: pair-direction, average
  bool analogy_as_gensim = false;         // AnalogyOptions::as_gensim
  LookupOptions lookup;
  std::int64_t resamples = 10000;      // bootstrap resamples for intervals, 0: no intervals
  std::vector<std::string> neighbors;  // words whose nearest neighbours are listed
  /// Whether nothing would be evaluated.
  bool is_empty() const;
  /// The files and folders that are read: benchmarks, lexicons, counts and a text.
  std::vector<std::string> inputs() const;
  /// Whether any score has a 95 % interval.
  bool has_intervals() const;
  FieldGroup describe();
  /// Fields of describe() that define how vectors are scored, as opposed to the benchmarks.
  FieldGroup describe_policies();
  void validate(Problems& problems, const std::string& prefix) const;
};

/// Scores several tables with the same options; everything that does not depend on the table is
/// computed once.
class Evaluator {
 public:
  /// Error if WordNet or a text is needed but not found, or if a post-processing step is unknown.
  explicit Evaluator(const EvalOptions& options);
  ~Evaluator();
  /// See evaluate().
  nlohmann::json evaluate(const EmbeddingTable& table, EvalItems* items = nullptr) const;

 private:
  /// A sequence of post-processing steps and its text in the options.
  struct Steps {
    std::string text;
    std::vector<PostProcessing> steps;
  };
  nlohmann::json scores(const EmbeddingTable& table, EvalItems* items) const;

  EvalOptions options_;
  AnalogyOptions analogy_;
  std::vector<Steps> postprocess_;
  BenchmarkFiles files_;  // with dataset names resolved to paths
  std::unique_ptr<const BenchmarkRelatedness> relatedness_;
};

/// All scores of one table, as stored in a run's eval.json: objects with `task`, `name`, scores and
/// coverage, in a fixed order. Stores the score of each pair and question in `items` if it is not
/// null.
nlohmann::json evaluate(const EmbeddingTable& table, const EvalOptions& options,
                        EvalItems* items = nullptr);

}  // namespace wordbridge
