#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "models/sequences/sequence_body.h"
#include "models/transformer/transformer_options.h"

// Shapes: B sequences, T words in a sequence, d width, h heads, e = d / h, H units, V vocabulary
// size.

namespace wordbridge {

/// Self-attention of several heads (Vaswani et al. 2017, section 3.2): each word attends to itself
/// and the words before it in the sequence, or to the nearest `window` of them.
class AttentionLayer : public torch::nn::Module {
 public:
  AttentionLayer(const TransformerOptions& options, std::int64_t window, std::uint64_t seed,
                 const std::string& name);
  /// x [B,T,d] -> [B,T,d]
  torch::Tensor forward(const torch::Tensor& x_BTd);

 private:
  const std::int64_t heads_, window_;
  const bool rotary_;
  const double dropout_;
  torch::Tensor queries_keys_values, queries_keys_values_b;  // [3d,d], [3d]
  torch::Tensor out, out_b;                                  // [d,d], [d]
};

/// The features of the n nearest words, concatenated and projected: Transformer-N's first layer
/// (Sun and Iyyer 2021).
class WordsLayer : public torch::nn::Module {
 public:
  WordsLayer(const TransformerOptions& options, std::uint64_t seed, const std::string& name);
  /// x [B,T,d] -> [B,T,d]
  torch::Tensor forward(const torch::Tensor& x_BTd);

 private:
  const std::int64_t words_;
  torch::Tensor weight, b;  // [d,n d], [d]
};

/// One layer: x += mix(norm(x)); x += W2 gelu(W1 norm(x)). `mix` reads other positions.
class TransformerLayer : public torch::nn::Module {
 public:
  TransformerLayer(const TransformerOptions& options, bool is_first, std::uint64_t seed,
                   const std::string& name);
  torch::Tensor forward(const torch::Tensor& x_BTd);

 private:
  const double dropout_;
  torch::Tensor norm1, norm1_b, norm2, norm2_b;  // [d]
  torch::Tensor W1, b1, W2, b2;                  // [H,d], [H], [d,H], [d]
  std::shared_ptr<AttentionLayer> attention_;    // one of these two
  std::shared_ptr<WordsLayer> words_;
};

/// The Transformer's body: features and positions, the layers, and a last norm, which is part of
/// the last layer's output.
class TransformerBody : public SequenceBody {
 public:
  TransformerBody(const TransformerOptions& options, const ModelInputs& inputs);

  double flops_per_word() const override;

  const TransformerOptions options;
  torch::Tensor positions;  // [T,d]; undefined without learned positions

 protected:
  std::vector<torch::Tensor> run_layers(const torch::Tensor& x_BTd) override;

 private:
  std::vector<std::shared_ptr<TransformerLayer>> layers_;
  torch::Tensor norm, norm_b;  // [d]
};

}  // namespace wordbridge
