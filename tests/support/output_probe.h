#pragma once

#include <torch/torch.h>

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "core/rng.h"
#include "models/layers/initialize.h"
#include "models/output/output_layer.h"

namespace wordbridge {

/// A vocabulary of V words whose counts fall roughly as 1/rank, not in order of the ids and with
/// some zeros, and a corpus with these counts.
struct SkewedWords {
  explicit SkewedWords(std::int64_t V) {
    Rng rng(4, "words");
    std::vector<std::string> names;
    for (std::int64_t w = 0; w < V; ++w) {
      names.push_back(std::to_string(w));
      counts.push_back(w % 7 == 6 ? 0 : 3 * V / (1 + w * 5 % V));
      for (std::int64_t i = 0; i < counts.back(); ++i) ids.push_back(static_cast<std::int32_t>(w));
    }
    rng.shuffle(ids);
    vocabulary = Vocabulary(names, counts, "");
  }
  ModelInputs inputs(bool with_text = true) const {
    ModelInputs result{vocabulary, counts, 1};
    if (with_text) {
      result.train_ids = ids.data();
      result.train_size = static_cast<std::int64_t>(ids.size());
    }
    return result;
  }
  Vocabulary vocabulary;
  std::vector<std::int64_t> counts;
  std::vector<std::int32_t> ids;
};

inline OutputShape shape_of(bool direct, const torch::Tensor& tied = {}) {
  OutputShape shape;
  shape.tied = tied;
  shape.inputs.push_back({"U", 5});
  if (direct) shape.inputs.push_back({"W", 3});
  return shape;
}

/// An output layer with its features as parameters. All parameters are random.
struct OutputProbe : torch::nn::Module {
  OutputProbe(const OutputOptions& options, bool direct, const SkewedWords& words, std::int64_t B,
              bool tied = false) {
    if (tied) C = register_parameter("C", torch::zeros({words.vocabulary.size(), 5}));
    layer =
        register_module("layer", make_output_layer(options, shape_of(direct, C), words.inputs()));
    for (const auto& input : shape_of(direct).inputs)
      x.push_back(register_parameter("x_" + input.weight, torch::zeros({B, input.width})));
    const torch::NoGradGuard no_grad;
    for (auto& named : named_parameters()) fill_normal(named.value(), 0.7, 3, named.key());
  }
  BodyOutput body() const { return {x, {}}; }
  torch::Tensor loss(const torch::Tensor& targets_B) { return layer->loss(body(), targets_B); }
  torch::Tensor log_prob(const torch::Tensor& targets_B) {
    return layer->log_prob(body(), targets_B);
  }

  std::shared_ptr<OutputLayer> layer;
  std::vector<torch::Tensor> x;
  torch::Tensor C;  // [V,5], only with weight tying
};

/// B words, including the first, the last and every third in between.
inline torch::Tensor some_targets(std::int64_t B, std::int64_t V) {
  const torch::Tensor targets_B = torch::empty({B}, torch::kInt64);
  for (std::int64_t r = 0; r < B; ++r)
    targets_B.data_ptr<std::int64_t>()[r] = r == 1 ? V - 1 : (3 * r) % V;
  return targets_B;
}

}  // namespace wordbridge
