#pragma once

#include <cstdint>
#include <functional>
#include <vector>

#include "models/ngram/backoff_table.h"
#include "models/ngram/backoff_weights.h"
#include "models/ngram/ngram_counts.h"

namespace wordbridge {

/// Removes all n-grams for which `listed(level, i)` is false, except unigrams. Those that are the
/// ends of other n-grams stay in the trie (BackoffTable::kNotListed). Back-off weights stay as they
/// are. `folder` of large arrays; empty: in memory.
std::vector<BackoffTable::Level> keep_listed(
    const std::vector<BackoffTable::Level>& levels,
    const std::function<bool(std::size_t level, std::int64_t i)>& listed,
    const std::filesystem::path& folder);

/// Removes n-grams as in Stolcke (1998), "Entropy-based pruning of backoff language models": those
/// whose removal increases the perplexity of the model, relative to the model itself, by a factor
/// of less than 1 + `threshold`. Each is considered by itself, from the highest order to the
/// bigrams; histories of other n-grams are kept. P(h) is the probability of the history by the
/// model (equation 5); a boundary at the beginning of a history counts as the word that it is.
/// Back-off weights: see set_backoff_weights(), which also warns. Throws Interrupted.
BackoffTable prune(const BackoffTable& table, double threshold,
                   const NgramResources& resources = {}, const WordNames& names = {});

}  // namespace wordbridge
