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

/// The `eval:` section: what the vectors of a run are scored on.
struct EvalOptions {
  BenchmarkFiles files = no_benchmark_files();  // by task: files["similarity"]
  std::int64_t properties = 0;                  // words whose vectors are described, 0: none
  bool relatedness = false;                     // compare cosines with other measures than people's
  std::string relatedness_corpus;               // in which pairs are counted for that
  std::vector<std::string> postprocess;   // "center,normalize": scored again after these steps
  std::int64_t analogy_vocabulary = 0;    // answers among the first N words, 0: all
  std::vector<std::string> analogy_also;  // methods besides 3CosAdd and 3CosMul
  bool analogy_as_gensim = false;         // AnalogyOptions::as_gensim
  LookupOptions lookup;
  std::int64_t resamples = 10000;      // of the bootstrap for intervals, 0: none
  std::vector<std::string> neighbors;  // words whose neighbours are shown
  /// Whether there is nothing to score on.
  bool is_empty() const;
  /// Whether a score has a 95 % interval.
  bool has_intervals() const;
  FieldGroup describe();
  /// The fields of describe() that say how things are scored, not what is scored.
  FieldGroup describe_policies();
  void validate(Problems& problems, const std::string& prefix) const;
};

/// Scores tables by the same options: what does not depend on the table is made once.
class Evaluator {
 public:
  /// Error if WordNet or a text is needed and not there, or if a post-processing is unknown.
  explicit Evaluator(const EvalOptions& options);
  ~Evaluator();
  /// See evaluate().
  nlohmann::json evaluate(const EmbeddingTable& table, EvalItems* items = nullptr) const;

 private:
  /// A post-processing, and its text in the options.
  struct Steps {
    std::string text;
    std::vector<PostProcessing> steps;
  };
  nlohmann::json scores(const EmbeddingTable& table, EvalItems* items) const;

  EvalOptions options_;
  AnalogyOptions analogy_;
  std::vector<Steps> postprocess_;
  BenchmarkFiles files_;  // where datasets' names are paths
  std::unique_ptr<const BenchmarkRelatedness> relatedness_;
};

/// All scores of one table, as stored in a run's eval.json: objects with `task`, `name`, scores and
/// coverage, in a fixed order.
/// What each pair and question got is put into `items`, if it is asked for.
nlohmann::json evaluate(const EmbeddingTable& table, const EvalOptions& options,
                        EvalItems* items = nullptr);

}  // namespace wordbridge
