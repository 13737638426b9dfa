#pragma once

#include <cstdint>
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <vector>

#include "eval/benchmarks/item_scores.h"
#include "eval/benchmarks/relatedness.h"
#include "eval/benchmarks/similarity.h"
#include "eval/benchmarks/word_lookup.h"

// The tasks that eval/evaluation.cpp puts together: each scores a file (or a word) and says what
// came out as an object with `task`, `name`, scores, coverage and `intervals` (score -> its 95 %
// bootstrap interval), where `resamples` is not 0.

namespace wordbridge {

/// The file's name without its ending.
std::string benchmark_name(const std::string& path);
/// A number, or null where it is NaN, which JSON has not.
nlohmann::json json_number(double value);

nlohmann::json similarity_result(const WordLookup& words, const std::string& path,
                                 std::int64_t resamples, EvalItems* kept);
/// Over several similarity sets, the mean weighted by the pairs that were used.
nlohmann::json similarity_mean(const nlohmann::json& results);
nlohmann::json analogy_result(const WordLookup& words, const std::string& path,
                              const AnalogyOptions& options, std::int64_t resamples,
                              EvalItems* kept);
nlohmann::json groups_result(const WordLookup& words, const std::string& path);
nlohmann::json categories_result(const WordLookup& words, const std::string& path,
                                 std::int64_t resamples);
nlohmann::json outliers_result(const WordLookup& words, const std::string& path,
                               std::int64_t resamples);
/// A result for each test of the file.
void add_association_results(const WordLookup& words, const std::string& path,
                             nlohmann::json& results);
/// Of the first `vocabulary` words.
nlohmann::json properties_result(const EmbeddingTable& table, std::int64_t vocabulary);

/// What else than people's scores may make the words of a pair similar, for the pairs of several
/// benchmarks: computed once, then set beside the cosines of any table
/// (eval/benchmarks/relatedness.h).
class Relatedness {
 public:
  /// `corpus`: a text in which pairs are counted, empty: none. Error if there is no WordNet.
  Relatedness(const std::vector<std::string>& benchmarks, const std::string& corpus);
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

/// A word that the vocabulary happens to lack is no reason to lose a run's other scores.
nlohmann::json neighbors_result(const EmbeddingTable& table, const std::string& word);

}  // namespace wordbridge
