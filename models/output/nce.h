#pragma once

#include "models/output/nce_options.h"
#include "models/output/word_rows.h"
#include "models/sampling/discrete_distribution.h"

namespace wordbridge {

/// Noise-contrastive estimation (Gutmann and Hyvarinen 2010; Mnih and Teh 2012, equations 9 to 12;
/// Vaswani et al. 2013). The scores are trained to approximate ln P without a normaliser, by
/// discriminating each target from k noise words sampled from q. The loss of an example is
///
///     -ln sigma(s(target) - ln(k q(target)))
///     - sum over the noise words n of ln sigma(ln(k q(n)) - s(n)).
///
/// log_prob() is normalised and exact.
class Nce : public WordRows {
 public:
  Nce(const NceOptions& options, const OutputShape& shape, const ModelInputs& inputs);

  torch::Tensor loss(const BodyOutput& body, const torch::Tensor& targets_B) override;
  bool likelihood_loss() const override { return false; }
  bool self_normalised() const override { return true; }
  torch::Tensor unnormalised_log_prob(const BodyOutput& body,
                                      const torch::Tensor& targets_B) override;
  double flops_per_word() const override;

  const DiscreteDistribution& noise() const { return noise_; }

 private:
  torch::Tensor shared_loss(const BodyOutput& body, const torch::Tensor& targets_B);
  torch::Tensor own_loss(const BodyOutput& body, const torch::Tensor& targets_B);

  NceOptions options_;
  DiscreteDistribution noise_;
};

}  // namespace wordbridge
