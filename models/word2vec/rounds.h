#pragma once

#include <cstdint>
#include <vector>

#include "models/word2vec/subwords.h"
#include "models/word2vec/word2vec_options.h"

namespace wordbridge {

/// How the text is cut for training: into segments of `tokens` words, of which `segments` at a time
/// are trained on from the same state, with parallel: deterministic.
struct Rounds {
  std::int64_t tokens, segments;
};

/// As large as training stays stable, whatever the number of threads. What the segments of a round
/// change is added up, so a row that all of them change the same way would overshoot, in the end
/// without limit. That is the more likely the larger the learning rate, the window and the share of
/// the text that changes the same rows. `shares` [V]: of each word in what is used of the text.
Rounds choose_rounds(const Word2vecOptions& options, const std::vector<double>& shares,
                     const Subwords& parts, std::int64_t text_tokens);

}  // namespace wordbridge
