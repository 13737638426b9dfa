#pragma once

#include <cstdint>

#include "core/undefined.h"
#include "data/vectors/embedding_table.h"
#include "eval/properties/frequency_bias.h"
#include "eval/properties/hubness.h"

namespace wordbridge {

struct PropertyOptions {
  std::int64_t vocabulary = 50000;  // the most frequent words are included, 0: all
  std::uint64_t seed = 1;           // for the random pairs
  std::int64_t random_pairs = 100000;
  std::int64_t neighbors = 10;  // k of hubness; 0: neither hubness nor frequency of neighbours
};

/// Intrinsic properties of an embedding, without a benchmark or human scores, over those of the
/// first `vocabulary` words that have a direction. Each is defined where it is computed:
/// eval/properties/spectrum.h, eval/properties/hubness.h, eval/properties/frequency_bias.h. NaN
/// where undefined.
struct Properties {
  std::int64_t words = 0;     // number of included words
  std::int64_t left_out = 0;  // words without a direction (zero or not finite)
  std::int64_t dim = 0;

  double partition_isotropy = kUndefined;  // of the vectors, not centred
  double iso_score = kUndefined;           // of the covariance
  /// Mean cosine similarity of random pairs of different words, and its standard error (of sampling
  /// pairs, not words): 0 if directions are uniformly distributed (Ethayarajh, EMNLP 2019).
  double random_cosine = kUndefined, random_cosine_error = kUndefined;
  /// Length of the mean vector divided by the mean length (Mu and Viswanath, table 1).
  double mean_vector = kUndefined;
  double variance_first = kUndefined, variance_first_8 = kUndefined;  // share in 1 and 8 directions
  double stable_rank = kUndefined, rank_me = kUndefined, inverse_condition = kUndefined;  // of V

  std::int64_t neighbors = 0;
  Hubness hubness;  // NaN unless there are more words than neighbours
  FrequencyBias frequency;
};

/// Computes the properties in parallel; the result does not depend on the number of threads. In
/// addition to the table, needs about 30 numbers per word and the memory of about 25 matrices [d,
/// d], where d is the dimension or the number of words, whichever is lower. Throws Interrupted.
Properties measure_properties(const EmbeddingTable& table, const PropertyOptions& options);

}  // namespace wordbridge
