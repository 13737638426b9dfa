#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "models/deep_nplm/deep_nplm_options.h"
#include "models/sequences/sequence_body.h"

// Shapes: B sequences, T words in a sequence, d width, D distant words, G aggregates, H units, V
// vocabulary size.

namespace wordbridge {

/// Weighted sums of the distant words of each position t, those before its `words` nearest ones:
///
///     g_a,t = sum_i k_a[i] x_t-words+1-i,   i = 1..D
///
/// x [B,T,d], kernels [G,D] -> [B,T,G,d]. Words before the sequence count as zeros.
torch::Tensor distant_aggregates(const torch::Tensor& x_BTd, const torch::Tensor& kernels_GD,
                                 std::int64_t words);

/// norm(residual + dropout(f(x))), where f(x) = b2 + W2 relu(b1 + W1 x) or, without units,
/// relu(b1 + W1 x). The norm and the residual are options.
class DeepNplmLayer : public torch::nn::Module {
 public:
  /// `width` of x, and number of `units` (0: none).
  DeepNplmLayer(const DeepNplmOptions& options, std::int64_t width, std::int64_t units,
                std::uint64_t seed, const std::string& name);
  /// x [B,T,width], residual [B,T,d] -> [B,T,d]
  torch::Tensor forward(const torch::Tensor& x, const torch::Tensor& residual_BTd);

 private:
  const bool residual_;
  const double dropout_;
  torch::Tensor W1, b1, W2, b2;  // [H,width], [H], [d,H], [d]; without units [d,width], [d]
  torch::Tensor norm, norm_b;    // [d]; undefined without norm
};

/// The body of the modernised NPLM of Sun and Iyyer (2021, NAACL, section 2), as in their code:
///
///     x_t = C(w_t) sqrt(d)
///     h   = layer_1([x_t; x_t-1; ...; g_1,t; ...; g_G,t]),   residual: the sum of these vectors
///     h   = layer_l(h) + sum_a g_a,t,   l = 2..L,            residual: h
///
/// h predicts the word after w_t.
class DeepNplmBody : public SequenceBody {
 public:
  DeepNplmBody(const DeepNplmOptions& options, const ModelInputs& inputs);

  double flops_per_word() const override;

  const DeepNplmOptions options;
  torch::Tensor kernels;  // [G,D]; undefined without distant words

 protected:
  /// C(w) [B,T,d] -> x and the h of each layer.
  std::vector<torch::Tensor> run_layers(const torch::Tensor& features_BTd) override;

 private:
  std::vector<std::shared_ptr<DeepNplmLayer>> layers_;
};

}  // namespace wordbridge
