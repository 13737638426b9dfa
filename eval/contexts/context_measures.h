#pragma once

#include <cstdint>
#include <vector>

#include "core/undefined.h"

namespace wordbridge {

// How much the vectors of words depend on their contexts: the measures of Ethayarajh (EMNLP 2019),
// sections 3.3 and 3.4. `rows` are vectors [count,dim] of occurrences in one layer. A row without a
// direction (zero or not finite) makes a result NaN.

/// Mean cosine of all pairs of different rows; NaN for fewer than two. For the occurrences of one
/// word, its self-similarity (equation 1).
double mean_cosine(const std::vector<const float*>& rows, std::int64_t dim);

/// Mean cosine of all pairs of rows with different words: the baseline of similarities (equation
/// 4), 0 if the vectors have no common direction. NaN without such a pair.
double mean_cosine_of_different(const std::vector<const float*>& rows,
                                const std::vector<std::int32_t>& words, std::int64_t dim);

/// Mean cosine of the words of a sentence to their mean (equation 2); NaN without words.
double intra_sentence_similarity(const std::vector<const float*>& rows, std::int64_t dim);

/// Maximum explainable variance (equation 3): the largest squared singular value of the matrix of
/// the rows divided by the sum of all of them, the rows not centred. 1 if all rows have the same
/// direction. NaN without rows or if all are zero.
double explainable_variance(const std::vector<const float*>& rows, std::int64_t dim);

/// A measure, and what it is for random occurrences of different words.
struct ContextMeasure {
  double value = kUndefined, baseline = kUndefined;
  /// Adjusted for anisotropy (section 3.4).
  double adjusted() const { return value - baseline; }
};

/// The measures of one layer.
struct LayerMeasures {
  ContextMeasure self_similarity;       // mean over the words
  ContextMeasure intra_sentence;        // mean over the sentences
  ContextMeasure explainable_variance;  // mean over the words
};

struct ContextSample;

/// The measures of a layer. `vectors`: those of the sample's positions [positions,dim]. The
/// baseline of the similarities is mean_cosine_of_different() of the random occurrences. That of a
/// word's explainable variance is the explainable variance of as many random occurrences, because
/// it depends on the number of rows (n rows explain at least 1/n); the paper uses 1,000. Computed
/// in parallel; the result does not depend on the number of threads.
LayerMeasures measure_contexts(const ContextSample& sample, const std::vector<float>& vectors,
                               std::int64_t dim);

}  // namespace wordbridge
