#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "models/ngram/backoff_table.h"
#include "models/ngram/ngram_counts.h"

namespace wordbridge {

/// The names of words, for messages; empty: their ids.
using WordNames = std::function<std::string(std::int32_t word)>;

/// The trie of a table, as HistorySums reads it.
NgramCounts trie_of(const std::vector<BackoffTable::Level>& levels);
/// Memory of the largest arrays.
double trie_bytes(const std::vector<BackoffTable::Level>& levels);

/// What back-off weights are computed from.
struct BackoffMass {
  /// [orders - 1][size of the order]: the probability that each history leaves to the words that no
  /// n-gram lists after it.
  std::vector<SharedArray<double>> left;
  /// [orders], or empty: log10_prob of n-grams with the same indices. Those that are listed here
  /// and no longer in the table leave their probability too.
  std::vector<SharedArray<float>> removed;
};

/// Sets the back-off weights of a table, from the lowest order to the highest, such that the words
/// that no n-gram lists after a history have the probability that is left to them:
///
///     backoff(h) = left(h) / (1 - sum of P(w | h') over the listed w)
///
/// The probabilities after h then sum to what they summed to before: to 1 in a normalised model,
/// and in other models, such as ARPA files with rounded or smoothed numbers, no weight becomes
/// negative. A history that no longer has n-grams gets the weight 1. Weights stay as they are if no
/// n-gram was ever listed after the history, if all words are, and if the equation has no solution;
/// of the latter, a warning gives the number and the first one. Throws Interrupted with the message
/// `stopped`.
void set_backoff_weights(std::vector<BackoffTable::Level>& levels, std::int32_t boundary,
                         const BackoffMass& mass, const NgramResources& resources,
                         const WordNames& names, const char* stopped);

}  // namespace wordbridge
