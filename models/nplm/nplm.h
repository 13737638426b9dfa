#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "models/neural_language_model.h"
#include "models/nplm/nplm_options.h"

// Shapes: B batch, N context words (n-1 and the bags'), m features of a word, E features in x
// ((n-1) m and the bags'), h hidden units, V vocabulary.

namespace wordbridge {

/// The neural probabilistic language model of Bengio, Ducharme, Vincent, Jauvin 2003 (JMLR 3:1137):
///
///     y = b + W x + U tanh(d + H x),   x = [C(w_t-1); ...; C(w_t-n+1)],   P(w_t | context) =
///     softmax(y)
///
/// Its body: U and W belong to the output layer, whose first input is the last hidden layer and
/// whose second is x. Further hidden layers follow the first as tanh(d2 + H2 a), and so on. With
/// `bags` x ends with means over longer stretches of text: of the features D of the K words before,
/// in any order. Parameters carry the paper's letters; those that the options leave out are
/// undefined tensors.
class NplmBody : public LanguageModelBody {
 public:
  NplmBody(const NplmOptions& options, const ModelInputs& inputs);

  std::int64_t context() const override { return options.context(); }
  OutputShape output_shape() const override;
  /// ids [B,N] -> the hidden layer [B,h] (x itself without hidden layers) if the output has a U,
  /// then x [B,E] with direct connections W.
  std::vector<torch::Tensor> features(const torch::Tensor& ids_BN) override {
    return features_reading(C, ids_BN);
  }
  torch::Tensor word_features() override { return options.bags.empty() ? C : torch::Tensor(); }
  std::vector<torch::Tensor> features_reading(const torch::Tensor& word_features_Rm,
                                              const torch::Tensor& ids_BN) override;
  torch::Tensor vectors() override;
  double flops_per_word() const override;
  std::unique_ptr<OnlineTrainer> online_trainer(OutputLayer& output) override;

  const NplmOptions options;
  torch::Tensor C;               // [V,m] word features
  torch::Tensor D;               // [V,m_D] features of words in bags
  std::vector<torch::Tensor> H;  // [h,E] weights of the first hidden layer; of the next [h2,h], ...
  std::vector<torch::Tensor> d;  // [h] their biases

 private:
  /// x [B,E]
  torch::Tensor context_vector(const torch::Tensor& word_features_Rm, const torch::Tensor& ids_BN);
  /// The last hidden layer [B,h] of x [B,E]; x itself without hidden layers.
  torch::Tensor hidden(const torch::Tensor& x_BE);
};

}  // namespace wordbridge
