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

/// Vectors of one model: those of several seeds, or of one.
struct EvalModel {
  struct Seed {
    std::string path, origin;
    std::int64_t words = 0, dim = 0;
    nlohmann::json results;  // evaluate()
    EvalItems items;         // if they are kept
  };
  std::string label;
  std::vector<Seed> seeds;
  std::vector<EmbeddingTable> tables;  // of the seeds, if they are kept
};

/// The models of a command line: "NAME=FILE" gives a name, files of one name are seeds of one model
/// in their order; other paths are models of their own, called as labels() does.
std::vector<EvalModel> models_of(const std::vector<std::string>& arguments);

/// What is done with the tables beside scoring them.
struct EvalNeeds {
  std::int64_t limit = 0;  // only the first words of each, 0: all
  bool shared_vocabulary = false, keep_tables = false, keep_items = false;
  std::string contexts;  // vectors of contexts: w + c is scored too; of one table only
};

/// Reads and scores all; one table at a time where none is kept. What is scored on w + c, before
/// post-processing and after it, stands behind the rest with `postprocess` "w + c" or "w + c,
/// STEPS". Error if there are contexts and more tables than one, or if they do not fit.
void evaluate_models(std::vector<EvalModel>& models, const EvalOptions& options,
                     const EvalNeeds& needs);

std::vector<ResultsColumn> columns_of(const std::vector<EvalModel>& models);
/// PATH -> words, dim, origin, model, scores.
nlohmann::ordered_json models_json(const std::vector<EvalModel>& models);

/// Models tested against each other.
struct ModelComparison {
  /// Where two models differ most on one benchmark.
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

/// Paired tests of each two models, and the items on which their first seeds differ most.
ModelComparison compare_models(const std::vector<EvalModel>& models, const EvalOptions& options);
/// With `runs` (label) and `options`, as `wordbridge eval --compare --json` writes it.
nlohmann::ordered_json to_json(const ModelComparison& comparison);

/// How far the neighbourhoods of all tables agree.
struct ModelOverlap {
  std::vector<std::string> names;  // of the tables
  Overlap overlap;
};
ModelOverlap overlap_of(const std::vector<EvalModel>& models, std::int64_t k, std::int64_t words);
/// `k`, `words`, `chance`, `names`, `share` [tables][tables].
nlohmann::ordered_json to_json(const ModelOverlap& found);

/// The page of `wordbridge report`, of what was scored here.
std::string evaluation_page(const std::vector<EvalModel>& models);

}  // namespace wordbridge
