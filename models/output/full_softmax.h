#pragma once

#include "models/output/full_softmax_options.h"
#include "models/output/word_rows.h"

namespace wordbridge {

/// The full softmax over the vocabulary, as in Bengio et al. 2003, section 2.
class FullSoftmax : public WordRows {
 public:
  FullSoftmax(const FullSoftmaxOptions& options, const OutputShape& shape,
              const ModelInputs& inputs);

  torch::Tensor loss(const BodyOutput& body, const torch::Tensor& targets_B) override;
  bool recordable() const override { return true; }
  /// Tied rows belong to the input, too, which all processes need.
  FullSoftmax* divisible() override { return is_tied_ || options_.bfloat16 ? nullptr : this; }
  const SoftmaxOptions& softmax_options() const { return options_; }
  double flops_per_word() const override;

 private:
  const bool is_tied_;
  SoftmaxOptions options_;
};

}  // namespace wordbridge
