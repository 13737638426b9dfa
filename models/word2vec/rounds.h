#pragma once

#include <cstdint>
#include <vector>

#include "models/word2vec/positive_sampling.h"
#include "models/word2vec/subwords.h"
#include "models/word2vec/word2vec_options.h"

namespace wordbridge {

/// Division of the text for training: segments of `tokens` words. With parallel: deterministic,
/// `segments` of them at a time are trained from the same state.
struct Rounds {
  std::int64_t tokens, segments;
  /// Tokens of a round times the probability that two of them are the same word, at which training
  /// is still stable. A part of the text that repeats a few words (a sorted dictionary) can have
  /// more than the text as a whole; then fewer segments are trained from the same state.
  double most_repeats = 0;
};

/// Returns the largest rounds with which training stays stable; they do not depend on the number of
/// threads. The changes of the segments of a round are summed, so a row that all of them change in
/// the same direction would overshoot, and training could diverge. The larger the learning rate,
/// the window and the share of the text that updates the same rows, the more likely that is.
/// `shares` [V]: relative frequency of each word in the subsampled text.
Rounds choose_rounds(const Word2vecOptions& options, const std::vector<double>& shares,
                     const Subwords& parts, std::int64_t text_tokens,
                     const PositiveSampling& sampling = {});

}  // namespace wordbridge
