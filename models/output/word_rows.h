#pragma once

#include <vector>

#include "models/output/linear_cross_entropy.h"
#include "models/output/output_layer.h"

namespace wordbridge {

/// Base class of output layers with a weight row and a bias per word: score(w) = b[w] + sum over
/// the inputs of weight_i[w] . x_i. Derived classes define the training loss.
class WordRows : public OutputLayer {
 public:
  WordRows(const OutputShape& shape, const ModelInputs& inputs);

  torch::Tensor log_prob(const BodyOutput& body, const torch::Tensor& targets_B) override;
  torch::Tensor logits(const BodyOutput& body) override;
  torch::Tensor word_rows() override { return weights[0]; }

  std::vector<torch::Tensor> weights;  // [V,E_i]: "U", "W"; the first may be tied
  torch::Tensor b;                     // [V]

 protected:
  std::vector<LinearTerm> terms(const BodyOutput& body) const;
  /// Number of weights per word.
  std::int64_t row_width() const;
};

}  // namespace wordbridge
