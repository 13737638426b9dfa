#pragma once

#include <memory>
#include <vector>

#include "models/output/bigram_proposal.h"
#include "models/output/sampled_softmax_options.h"
#include "models/output/word_rows.h"
#include "models/sampling/discrete_distribution.h"

namespace wordbridge {

/// The sampled softmax: the full softmax, trained on sampled words (Bengio and Senecal 2003 and
/// 2008; Jean et al. 2015). The loss is the cross-entropy of a softmax over a few candidates,
/// including the target. The logarithm of each candidate's inclusion probability is subtracted from
/// its score. With this correction, the softmax over the candidates is, by Bayes' rule, the
/// posterior probability that a candidate is the target. The loss is therefore minimised by the
/// true distribution for any number of samples (Ma and Collins 2018), and it approaches that of the
/// full softmax as the number grows. log_prob() is exact.
class SampledSoftmax : public WordRows {
 public:
  SampledSoftmax(const SampledSoftmaxOptions& options, const OutputShape& shape,
                 const ModelInputs& inputs);

  torch::Tensor loss(const BodyOutput& body, const torch::Tensor& targets_B) override;
  bool likelihood_loss() const override { return false; }
  TrainingState* training_state() override;
  double flops_per_word() const override;

  /// Candidates of a batch, ascending: the sampled words and the targets.
  struct Candidates {
    torch::Tensor words_K;    // int64
    torch::Tensor log_pi_K;   // ln P(sampled, or the target of another example)
    torch::Tensor targets_B;  // positions of the targets in words_K
  };
  Candidates draw_candidates(const torch::Tensor& targets_B, std::uint64_t seed) const;

 private:
  torch::Tensor shared_loss(const BodyOutput& body, const torch::Tensor& targets_B);
  torch::Tensor bigram_loss(const BodyOutput& body, const torch::Tensor& targets_B);

  SampledSoftmaxOptions options_;
  DiscreteDistribution proposal_;
  std::vector<double> no_draw_, no_target_;  // [V] ln(1 - q), ln(1 - relative frequency)
  std::unique_ptr<BigramProposal> bigrams_;  // only with proposal: bigram
};

}  // namespace wordbridge
