#pragma once

#include <cstdint>
#include <functional>
#include <vector>

#include "data/corpus/corpus.h"

namespace wordbridge {

/// The vectors of words in their contexts: the outputs of the layers of a language model that reads
/// sequences. Layer 0 is the input of the layers, the words' features with positions if the model
/// adds any; layer l is the output of the l-th layer; layer L is what the output layer reads.
class ContextualModel {
 public:
  virtual ~ContextualModel() = default;
  /// L, the number of layers.
  virtual std::int64_t layers() const = 0;
  /// d, the width of all layers.
  virtual std::int64_t dim() const = 0;
  /// Called with an index of the positions and the vectors there, [L+1,d].
  using VisitVectors = std::function<void(std::int64_t index, const float* vectors)>;
  /// Computes the vectors of the words at these positions of the span, which are in ascending
  /// order, and visits them in this order on the calling thread. The vector of a word is computed
  /// in the sequence in which the score of the span predicts the word after it. Throws Interrupted.
  virtual void visit_vectors(const std::int32_t* ids, Span span,
                             const std::vector<std::int64_t>& positions,
                             const VisitVectors& visit) const = 0;
  /// The words' features [V,d], and their rows in the output layer [V,d] (empty if words have
  /// none).
  virtual std::vector<float> input_rows() const = 0;
  virtual std::vector<float> output_rows() const = 0;
};

}  // namespace wordbridge
