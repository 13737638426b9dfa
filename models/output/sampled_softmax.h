#pragma once

#include <memory>
#include <vector>

#include "models/output/bigram_proposal.h"
#include "models/output/sampled_softmax_options.h"
#include "models/output/word_rows.h"
#include "models/sampling/discrete_distribution.h"

namespace wordbridge {

/// The softmax, trained on sampled words (Bengio and Senecal 2003 and 2008; Jean et al. 2015):
/// the loss is -ln softmax of the scores of some candidates, each minus the logarithm of its chance
/// to be one, the target's too. With that correction the softmax over the candidates is what
/// Bayes' rule says of which of them is the target, so the loss is least for the true
/// distribution with any number of samples (Ma and Collins 2018), and with many it is the full
/// softmax's. log_prob() is exact.
class SampledSoftmax : public WordRows {
 public:
  SampledSoftmax(const SampledSoftmaxOptions& options, const OutputShape& shape,
                 const ModelInputs& inputs);

  torch::Tensor loss(const BodyOutput& body, const torch::Tensor& targets_B) override;
  bool likelihood_loss() const override { return false; }
  TrainingState* training_state() override;
  double flops_per_word() const override;

  /// A batch's candidates, ascending: the words drawn, and the targets.
  struct Candidates {
    torch::Tensor words_K;    // int64
    torch::Tensor log_pi_K;   // ln of the chance to be a candidate because of the other examples
    torch::Tensor targets_B;  // places of the targets in words_K
  };
  Candidates draw_candidates(const torch::Tensor& targets_B, std::uint64_t seed) const;

 private:
  torch::Tensor shared_loss(const BodyOutput& body, const torch::Tensor& targets_B);
  torch::Tensor bigram_loss(const BodyOutput& body, const torch::Tensor& targets_B);

  SampledSoftmaxOptions options_;
  DiscreteDistribution proposal_;
  std::vector<double> no_draw_, no_target_;  // ln(1 - q), ln(1 - share of the training text) [V]
  std::unique_ptr<BigramProposal> bigrams_;  // only of proposal bigram
};

}  // namespace wordbridge
