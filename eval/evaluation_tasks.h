#pragma once

#include <cstdint>
#include <nlohmann/json_fwd.hpp>
#include <string>

#include "eval/items.h"
#include "eval/word_lookup.h"

// The tasks that eval/evaluation.cpp puts together: each scores a file (or a word) and says what
// came out as an object with `task`, `name`, scores, coverage and `intervals` (score -> its 95 %
// bootstrap interval), where `resamples` is not 0.

namespace wordbridge {

/// A number, or null where it is NaN, which JSON has not.
nlohmann::json json_number(double value);

nlohmann::json similarity_result(const WordLookup& words, const std::string& path,
                                 std::int64_t resamples, EvalItems* kept);
/// Over several similarity sets, the mean weighted by the pairs that were used.
nlohmann::json similarity_mean(const nlohmann::json& results);
nlohmann::json analogy_result(const WordLookup& words, const std::string& path,
                              std::int64_t resamples, EvalItems* kept);
nlohmann::json groups_result(const WordLookup& words, const std::string& path);
/// A word that the vocabulary happens to lack is no reason to lose a run's other scores.
nlohmann::json neighbors_result(const EmbeddingTable& table, const std::string& word);

}  // namespace wordbridge
