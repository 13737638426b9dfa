#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "data/corpus/corpus.h"

namespace wordbridge {

/// What a trained language model says of each token of its validation and test splits, in the
/// order of the stream: enough for comparisons and mixtures, without the model. A run keeps it in
/// token_scores.wb, five bytes a token and one a word.
struct TokenScores {
  struct Split {
    std::vector<float> log_prob;     // ln P(token | those before it), nats
    std::vector<std::uint8_t> seen;  // whether the word occurs in the training split
  };
  Split valid, test;
  std::vector<std::uint8_t> seen;  // [V] whether a word occurs in the training split
  /// What was scored: two files can be compared token by token if these agree.
  std::string stream_sha256, vocabulary_sha256;
  Span valid_span, test_span;

  /// Empty, for the corpus's splits.
  static TokenScores of(const Corpus& corpus);
  static TokenScores load(const std::filesystem::path& path);
  void save(const std::filesystem::path& path) const;
  /// Why the two can't be compared token by token; empty if they can.
  std::string differs_from(const TokenScores& other) const;
};

/// Sums over a split: perplexity of all words, and without those that never occur in training.
struct Likelihood {
  double nats = 0, nats_seen = 0;  // negative log-likelihood
  std::int64_t words = 0, words_seen = 0;
  /// NaN where there are no words.
  double perplexity() const;
  double perplexity_seen() const;
};
Likelihood likelihood(const TokenScores::Split& split);

}  // namespace wordbridge
