#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "data/corpus/corpus.h"

namespace wordbridge {

/// Log-probabilities that a trained language model assigns to the tokens of its validation and test
/// splits, in stream order: enough for comparisons and mixtures without the model. A run stores
/// them in token_scores.wb, with five bytes per token and one byte per word.
struct TokenScores {
  struct Split {
    std::vector<float> log_prob;     // ln P(token | preceding tokens), in nats
    std::vector<std::uint8_t> seen;  // whether the word occurs in the training split
  };
  Split valid, test;
  std::vector<std::uint8_t> seen;  // [V] whether a word occurs in the training split
  /// Identity of the scored text. Two files can be compared token by token if these fields match.
  std::string stream_sha256, vocabulary_sha256;
  Span valid_span, test_span;

  /// Scores of the splits of `corpus`, with `log_prob` left empty.
  static TokenScores of(const Corpus& corpus);
  static TokenScores load(const std::filesystem::path& path);
  void save(const std::filesystem::path& path) const;
  /// The reason why two files can't be compared token by token; empty if they can.
  std::string differs_from(const TokenScores& other) const;
};

/// Negative log-likelihood of a split: of all words, and of the words that occur in training.
struct Likelihood {
  double nats = 0, nats_seen = 0;  // negative log-likelihood
  std::int64_t words = 0, words_seen = 0;
  /// Perplexities; NaN if there are no words.
  double perplexity() const;
  double perplexity_seen() const;
};
Likelihood likelihood(const TokenScores::Split& split);

}  // namespace wordbridge
