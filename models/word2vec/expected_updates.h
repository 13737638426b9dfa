#pragma once

#include <vector>

#include "models/word2vec/output_rows.h"
#include "models/word2vec/positive_sampling.h"
#include "models/word2vec/subwords.h"
#include "models/word2vec/word2vec_options.h"

namespace wordbridge {

/// Updates of the row of an input per occurrence of its word in the text.
double input_updates(const Word2vecOptions& options);

/// Outputs that a word of the text has with a positive label, by word [V]: itself, and the partners
/// of words. `shares` [V]: relative frequency of each word in the subsampled text.
std::vector<double> with_partners(const std::vector<double>& shares,
                                  const PositiveSampling& sampling);

/// Expected updates of each row per word of the text.
struct ExpectedUpdates {
  std::vector<float> words, contexts, ngrams;  // [V], [rows of outputs], [rows of n-grams]
};
/// `noise` [V]: probability of each word as a negative sample.
ExpectedUpdates expected_updates(const Word2vecOptions& options, const std::vector<double>& shares,
                                 const std::vector<double>& noise, const OutputRows& outputs,
                                 const Subwords& parts, const PositiveSampling& sampling);

}  // namespace wordbridge
