#pragma once

#include <cstdint>

#include "core/undefined.h"
#include "data/vectors/embedding_table.h"
#include "eval/properties/frequency_bias.h"
#include "eval/properties/hubness.h"

namespace wordbridge {

struct PropertyOptions {
  std::int64_t vocabulary = 50000;  // the most frequent words that take part, 0: all
  std::uint64_t seed = 1;           // of the random pairs
  std::int64_t random_pairs = 100000;
  std::int64_t neighbors = 10;  // k of hubness; 0: no hubness and no neighbours' frequency
};

/// What an embedding is like, beside what it is good for: no words are asked about, no people. Of
/// the first `vocabulary` words that have a direction, in their order. Each is described where it
/// is computed: eval/properties/spectrum.h, eval/properties/hubness.h,
/// eval/properties/frequency_bias.h. NaN where undefined.
struct Properties {
  std::int64_t words = 0;     // that take part
  std::int64_t left_out = 0;  // of the vocabulary: without a direction (zero)
  std::int64_t dim = 0;

  double partition_isotropy = kUndefined;  // of the vectors as they are
  double iso_score = kUndefined;           // of the covariance
  /// Mean cosine of pairs of different words drawn at random, and its standard error (of drawing
  /// pairs, not words): 0 if directions are spread evenly (Ethayarajh, EMNLP 2019).
  double random_cosine = kUndefined, random_cosine_error = kUndefined;
  /// Length of the mean vector by the mean length (Mu and Viswanath, table 1).
  double mean_vector = kUndefined;
  double variance_first = kUndefined, variance_first_8 = kUndefined;  // share in 1 and 8 directions
  double stable_rank = kUndefined, rank_me = kUndefined, inverse_condition = kUndefined;  // of V

  std::int64_t neighbors = 0;
  Hubness hubness;  // NaN if there are not more words than neighbours
  FrequencyBias frequency;
};

/// In parallel, the same on any number of threads. Beside the table it needs some 30 numbers a word
/// and the memory of about 25 matrices [dim, dim]. Throws Interrupted.
Properties measure_properties(const EmbeddingTable& table, const PropertyOptions& options);

}  // namespace wordbridge
