#pragma once

#include <cstdint>
#include <nlohmann/json.hpp>
#include <string>
#include <variant>
#include <vector>

#include "data/vectors/embedding_table.h"
#include "eval/benchmarks/item_differences.h"
#include "eval/benchmarks/item_scores.h"
#include "eval/benchmarks/paired_tests.h"
#include "eval/evaluation.h"
#include "eval/neighbors/overlap.h"
#include "eval/results_table.h"

namespace wordbridge {

/// A model with the vectors of one or more seeds.
struct EvalModel {
  struct Seed {
    std::string path, origin;
    std::int64_t words = 0, dim = 0;
    nlohmann::json results;  // evaluate()
    EvalItems items;         // with EvalNeeds::keep_items
  };
  std::string label;
  std::vector<Seed> seeds;
  std::vector<EmbeddingTable> tables;  // of the seeds, with EvalNeeds::keep_tables
};

/// The models of a command line. "NAME=FILE" names a model; files with the same name are seeds of
/// one model, in order. Every other path is a separate model, labelled by labels().
std::vector<EvalModel> models_of(const std::vector<std::string>& arguments);

/// Work of evaluate_models() in addition to scoring the tables.
struct EvalNeeds {
  std::int64_t limit = 0;  // only the first words of each file, 0: all
  std::string tensor;      // the matrix of safetensors files that have several
  bool shared_vocabulary = false, keep_tables = false, keep_items = false;
  std::string contexts;  // context vectors: also score w + c; for a single table only
};

/// Reads and scores all models, with one table in memory at a time unless tables are kept. Scores
/// of w + c, before and after post-processing, follow the others, with `postprocess` "w + c" or "w
/// + c, STEPS". Error if contexts are given with more than one table, or do not match the table.
void evaluate_models(std::vector<EvalModel>& models, const EvalOptions& options,
                     const EvalNeeds& needs);

std::vector<ResultsColumn> columns_of(const std::vector<EvalModel>& models);
/// PATH -> model, path, words, dim, origin, scores. A path that is given again, or that is the key
/// of other results, gets another key.
nlohmann::ordered_json models_json(const std::vector<EvalModel>& models);

/// Pairwise tests between models.
struct ModelComparison {
  /// Items on which two models differ most, for one benchmark.
  struct Benchmark {
    std::string name;
    std::variant<SimilarityDifferences, AnalogyDifferences> found;
  };
  struct Pair {
    std::size_t first = 0, second = 0;  // positions of the models
    std::vector<Benchmark> benchmarks;
  };
  std::vector<std::string> labels;
  BootstrapOptions options;
  PairedTests tests;
  std::vector<Pair> differ;
};

/// Paired tests of all pairs of models, and the items on which their first seeds differ most.
ModelComparison compare_models(const std::vector<EvalModel>& models, const EvalOptions& options);
/// With `runs` (label) and `options`, as in the output of `wordbridge eval --compare --json`.
nlohmann::ordered_json to_json(const ModelComparison& comparison);

/// Overlap of the nearest neighbours between all tables.
struct ModelOverlap {
  std::vector<std::string> names;  // of the tables
  Overlap overlap;
};
ModelOverlap overlap_of(const std::vector<EvalModel>& models, std::int64_t k, std::int64_t words);
/// `k`, `words`, `chance`, `names`, `share` [tables][tables].
nlohmann::ordered_json to_json(const ModelOverlap& found);

/// The page of `wordbridge report` for the scores of these models.
std::string evaluation_page(const std::vector<EvalModel>& models);

}  // namespace wordbridge
