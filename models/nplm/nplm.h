#pragma once

#include <torch/nn/pimpl.h>

#include <memory>
#include <vector>

#include "models/gradient_model.h"
#include "models/nplm/nplm_options.h"
#include "models/output/output_layer.h"

// Shapes: B batch, N context words (n-1 and the bags'), m features of a word, E features in x
// ((n-1) m and the bags'), h hidden units, V vocabulary.

namespace wordbridge {

/// The neural probabilistic language model of Bengio, Ducharme, Vincent, Jauvin 2003 (JMLR 3:1137):
///
///     y = b + W x + U tanh(d + H x),   x = [C(w_t-1); ...; C(w_t-n+1)],   P(w_t | context) =
///     softmax(y)
///
/// Further hidden layers follow the first as tanh(d2 + H2 a), and so on. With `bags` x goes on with
/// means over longer stretches of text: of the features D of the K words before, in any order.
/// Parameters carry the
/// paper's letters; those that the options leave out are undefined tensors.
class NplmImpl : public GradientModel {
 public:
  NplmImpl(const NplmOptions& options, const ModelInputs& inputs);

  std::int64_t context() const override { return options.context(); }
  torch::Tensor loss(const torch::Tensor& ids_BN, const torch::Tensor& targets_B) override;
  torch::Tensor log_prob(const torch::Tensor& ids_BN, const torch::Tensor& targets_B) override;
  torch::Tensor logits(const torch::Tensor& ids_BN) override;
  torch::Tensor context_features() override { return options.bags.empty() ? C : torch::Tensor(); }
  torch::Tensor log_prob_reading(const torch::Tensor& features_Rm, const torch::Tensor& ids_BN,
                                 const torch::Tensor& targets_B) override;
  torch::Tensor logits_reading(const torch::Tensor& features_Rm,
                               const torch::Tensor& ids_BN) override;
  void structure_restored() override { output->structure_restored(); }
  bool likelihood_loss() const override { return output->likelihood_loss(); }
  bool self_normalised() const override { return output->self_normalised(); }
  torch::Tensor unnormalised_log_prob(const torch::Tensor& ids_BN,
                                      const torch::Tensor& targets_B) override {
    return output->unnormalised_log_prob(body(ids_BN), targets_B);
  }
  torch::Tensor vectors() override;
  TrainingState* training_state() override { return output->training_state(); }
  std::unique_ptr<OnlineTrainer> online_trainer() override;
  double flops_per_word() const override;

  const NplmOptions options;
  torch::Tensor C;               // [V,m] word features
  torch::Tensor D;               // [V,m_D] features of words in bags
  std::vector<torch::Tensor> H;  // [h,E] weights of the first hidden layer; of the next [h2,h], ...
  std::vector<torch::Tensor> d;  // [h] their biases
  std::shared_ptr<OutputLayer> output;  // U [V,h] (C itself when tied), W [V,E] when
                                        // options.direct, b [V]

 private:
  /// x [B,E], from C or from other features of the same width.
  torch::Tensor features(const torch::Tensor& features_Rm, const torch::Tensor& ids_BN);
  /// The last hidden layer [B,h] of x [B,E]; x itself without hidden layers.
  torch::Tensor hidden(const torch::Tensor& x_BE);
  /// What y is made from: the hidden layer for U, the features for W.
  BodyOutput body(const torch::Tensor& ids_BN) { return body_reading(C, ids_BN); }
  BodyOutput body_reading(const torch::Tensor& features_Rm, const torch::Tensor& ids_BN);
};
TORCH_MODULE(Nplm);

}  // namespace wordbridge
