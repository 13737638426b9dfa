#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "models/neural_language_model.h"
#include "models/nplm/nplm_options.h"

// Shapes: B batch size, N context words (n-1 and those of the bags), m features per word, E width
// of x ((n-1) m and the bag features), h hidden units, V vocabulary size.

namespace wordbridge {

/// The neural probabilistic language model of Bengio, Ducharme, Vincent, Jauvin 2003 (JMLR 3:1137):
///
///     y = b + W x + U tanh(d + H x),   x = [C(w_t-1); ...; C(w_t-n+1)],   P(w_t | context) =
///     softmax(y)
///
/// This class is its body. U and W belong to the output layer, whose first input is the last hidden
/// layer and whose second input is x. Further hidden layers follow the first as tanh(d2 + H2 a),
/// and so on. With `bags`, x also contains bag-of-words features of a longer context: the mean of
/// the feature vectors D of the K preceding words. Parameters are named as in the paper; those that
/// the options do not use are undefined tensors.
class NplmBody : public LanguageModelBody {
 public:
  NplmBody(const NplmOptions& options, const ModelInputs& inputs);

  std::int64_t context() const override { return options.context(); }
  OutputShape output_shape() const override;
  /// ids [B,N] -> the last hidden layer [B,h] (or x, if there are no hidden layers) if the output
  /// layer has U, followed by x [B,E] if there are direct connections W.
  std::vector<torch::Tensor> features(const torch::Tensor& ids_BN) override {
    return features_reading(C, ids_BN);
  }
  torch::Tensor word_features() override {
    return options.bag_sizes().empty() ? C : torch::Tensor();
  }
  std::vector<torch::Tensor> features_reading(const torch::Tensor& word_features_Rm,
                                              const torch::Tensor& ids_BN) override;
  torch::Tensor vectors() override;
  std::int64_t frozen_epochs(const torch::Tensor& parameter) const override {
    return parameter.is_same(C) ? options.features.frozen_epochs : 0;
  }
  double flops_per_word() const override;
  std::unique_ptr<OnlineTrainer> online_trainer(OutputLayer& output) override;

  const NplmOptions options;
  torch::Tensor C;               // [V,m] word feature vectors
  torch::Tensor D;               // [V,m_D] word feature vectors for the bags
  std::vector<torch::Tensor> H;  // hidden layer weights: [h,E], then [h2,h], ...
  std::vector<torch::Tensor> d;  // hidden layer biases: [h], [h2], ...

 private:
  /// x [B,E], the concatenated context features.
  torch::Tensor context_vector(const torch::Tensor& word_features_Rm, const torch::Tensor& ids_BN);
  /// The last hidden layer [B,h], given x [B,E]; x itself if there are no hidden layers.
  torch::Tensor hidden(const torch::Tensor& x_BE);
};

}  // namespace wordbridge
